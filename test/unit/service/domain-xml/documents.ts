import { createParseCache } from '../../../../core/service/parse-cache.ts';
import type { DomainXml } from '../../../../core/service/parse-cache.ts';
import { atCursor } from '../cursor-text.ts';

export function domainXml(text: string): DomainXml {
  return createParseCache().domainXml('mem:/x.domain.xml', text);
}

/** A document and the place of its `|`. */
export function marked(text: string): { readonly xml: DomainXml; readonly offset: number } {
  const at = atCursor(text);
  return { xml: domainXml(at.text), offset: at.offset };
}
