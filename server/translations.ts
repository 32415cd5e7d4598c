import zhCn from '../l10n/bundle.l10n.zh-cn.json' with { type: 'json' };
import { english } from '../core/messages.ts';
import type { Translate } from '../core/messages.ts';

const chinese: ReadonlyMap<string, string> = new Map(Object.entries<string>(zhCn));

/** The translator for a locale such as `zh-cn`, `zh_CN.UTF-8` or `zh-Hans-CN`; English for others. */
export function translateTo(locale: string | undefined): Translate {
  return isChinese(locale) ? (text) => chinese.get(text) ?? text : english;
}

/** Simplified Chinese, the language of openEuler's own manual. */
export function isChinese(locale: string | undefined): boolean {
  const language = (locale ?? '').toLowerCase().replaceAll('_', '-');
  return /^zh(-hans)?(-(cn|sg|my))?(\..*)?$/.test(language);
}
