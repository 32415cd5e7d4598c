/**
 * Writes what is generated and committed: the JSON schemas, the Chinese message bundle, the rule
 * table, the settings' rule ids and pages. `npm test` fails when a file differs from what this would write.
 *
 * Usage: node scripts/gen.ts [--check]
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { generatedBundle } from './gen-l10n.ts';
import { generatedRuleDocs } from './gen-rule-docs.ts';
import { generatedSchemas } from './gen-schema.ts';
import { generatedSettings } from './gen-settings.ts';

const root = join(import.meta.dirname, '..');

/** Path below the project's root → content. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** Everything that is generated, formatted as it is committed. */
export async function generatedFiles(): Promise<GeneratedFiles> {
  const raw = new Map([
    ...generatedSchemas(),
    ...(await generatedBundle(root)),
    ...(await generatedRuleDocs(root)),
    ...(await generatedSettings(root)),
  ]);
  const formatted = new Map<string, string>();
  for (const [path, content] of raw) {
    const config = await resolveConfig(join(root, path));
    formatted.set(path, await format(content, { ...config, filepath: path }));
  }
  return formatted;
}

/** Paths of committed files that differ from what is generated. */
export async function outdatedFiles(): Promise<readonly string[]> {
  const outdated: string[] = [];
  for (const [path, content] of await generatedFiles()) {
    const committed = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (committed !== content) outdated.push(path);
  }
  return outdated;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
  const outdated = await outdatedFiles();
  if (values.check === true) {
    for (const path of outdated) console.error(`${path} is out of date; run “npm run gen”.`);
    process.exitCode = outdated.length === 0 ? 0 : 1;
  } else {
    const files = await generatedFiles();
    for (const path of outdated) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), files.get(path) ?? '');
      console.log(`wrote ${relative(root, join(root, path))}`);
    }
  }
}
