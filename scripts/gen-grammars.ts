/**
 * Compiles libvirt's RELAX NG schemas into `grammars/libvirt-VERSION.json`. The schemas are libvirt's
 * (LGPL-2.1-or-later); `grammars/README.md` says where they come from.
 *
 * Usage: npm run gen:grammars -- VERSION FOLDER…   e.g. 11.3.0 /usr/share/libvirt/schemas
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileGrammar } from '../core/grammar/grammar.ts';

const [version, folder] = process.argv.slice(2);
if (version === undefined || folder === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
  console.error('Usage: npm run gen:grammars -- VERSION FOLDER');
  process.exit(2);
}
const files = new Map<string, string>();
for (const name of await readdir(folder))
  if (name.endsWith('.rng')) files.set(name, await readFile(join(folder, name), 'utf8'));
const compiled = compileGrammar(`libvirt ${version}`, files, 'domain.rng');
const file = join(import.meta.dirname, '..', 'grammars', `libvirt-${version}.json`);
const text = `${JSON.stringify(compiled)}\n`;
await writeFile(file, text);
console.log(
  `wrote ${file}: ${compiled.nodes.length.toString()} nodes, ${text.length.toString()} bytes`,
);
