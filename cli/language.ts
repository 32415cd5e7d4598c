import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { english } from '../core/messages.ts';
import type { Translate } from '../core/messages.ts';
import { packageFolder } from './package-folder.ts';

/** The translator for `--lang`, else for the locale of the environment, else English. */
export function translatorFor(lang: string | undefined, environment: NodeJS.ProcessEnv): Translate {
  const wanted =
    lang ?? environment['LC_ALL'] ?? environment['LC_MESSAGES'] ?? environment['LANG'] ?? '';
  if (!/^zh/i.test(wanted)) return english;
  // Read only when it is wanted: as a part of the program it would slow down every start.
  const path = join(packageFolder(), 'l10n', 'bundle.l10n.zh-cn.json');
  const table = new Map(
    Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, string>>),
  );
  return (text) => table.get(text) ?? text;
}
