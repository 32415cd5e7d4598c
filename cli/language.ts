import chinese from '../l10n/bundle.l10n.zh-cn.json' with { type: 'json' };
import { english } from '../core/messages.ts';
import type { Translate } from '../core/messages.ts';

const table: Readonly<Record<string, string>> = chinese;

/** The translator for `--lang`, else for the locale of the environment, else English. */
export function translatorFor(lang: string | undefined, environment: NodeJS.ProcessEnv): Translate {
  const wanted =
    lang ?? environment['LC_ALL'] ?? environment['LC_MESSAGES'] ?? environment['LANG'] ?? '';
  return /^zh/i.test(wanted) ? (text) => table[text] ?? text : english;
}
