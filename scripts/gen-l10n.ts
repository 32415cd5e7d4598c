/** Merges the Chinese texts of each area into the one bundle that the package ships. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GeneratedFiles } from './gen.ts';

/** Throws when two areas translate one text differently: one text has one translation. */
export async function generatedBundle(root: string): Promise<GeneratedFiles> {
  const folder = join(root, 'l10n', 'zh-cn');
  const merged = new Map<string, string>();
  for (const file of (await readdir(folder)).sort()) {
    const texts = JSON.parse(await readFile(join(folder, file), 'utf8')) as Record<string, string>;
    for (const [english, chinese] of Object.entries(texts)) {
      const other = merged.get(english);
      if (other !== undefined && other !== chinese) {
        throw new Error(`l10n/zh-cn/${file}: “${english}” is translated differently elsewhere.`);
      }
      merged.set(english, chinese);
    }
  }
  const sorted = Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return new Map([['l10n/bundle.l10n.zh-cn.json', JSON.stringify(sorted)]]);
}
