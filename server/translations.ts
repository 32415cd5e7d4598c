import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { english } from '../core/messages.ts';
import type { Translate } from '../core/messages.ts';
import { packageFolder } from './package-folder.ts';

/** The translator for a locale such as `zh-cn`, `zh_CN.UTF-8` or `zh-Hans-CN`; English for others. */
export function translateTo(locale: string | undefined): Translate {
  if (!isChinese(locale)) return english;
  const table = chinese();
  return (text) => table.get(text) ?? text;
}

/** Read only when it is wanted: as a part of the program it would slow down every start. */
function chinese(): ReadonlyMap<string, string> {
  const folder = packageFolder();
  if (folder === undefined) return new Map();
  const path = join(folder, 'l10n', 'bundle.l10n.zh-cn.json');
  return new Map(
    Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, string>>),
  );
}

/** Simplified Chinese, the language of openEuler's own manual. */
export function isChinese(locale: string | undefined): boolean {
  const language = (locale ?? '').toLowerCase().replaceAll('_', '-');
  return /^zh(-hans)?(-(cn|sg|my))?(\..*)?$/.test(language);
}
