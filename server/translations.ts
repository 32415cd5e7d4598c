import zhCn from '../l10n/bundle.l10n.zh-cn.json' with { type: 'json' };
import { english } from '../core/messages.ts';
import type { Translate } from '../core/messages.ts';

const chinese: ReadonlyMap<string, string> = new Map(Object.entries<string>(zhCn));

/** The translator for a locale such as `zh-cn`, `zh_CN.UTF-8` or `zh-Hans-CN`; English for others. */
export function translateTo(locale: string | undefined): Translate {
  const language = (locale ?? '').toLowerCase().replaceAll('_', '-');
  const isChinese = /^zh(-hans)?(-(cn|sg|my))?(\..*)?$/.test(language);
  return isChinese ? (text) => chinese.get(text) ?? text : english;
}
