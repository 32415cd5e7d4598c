import type { Span } from '../text/span.ts';
import type { TextEdit } from '../problems.ts';
import { documentOf, domainXmlOf, isEditable } from './context.ts';
import type { ServiceContext } from './context.ts';
import { formatDomainXml } from './domain-xml/format.ts';
import { formatYaml } from './format-yaml.ts';

/**
 * Edits that lay a document out anew; only white space changes. With a range, only lines that touch
 * it (and what belongs to them) change. Nothing for a text with mistakes in its syntax.
 */
export function formatDocument(context: ServiceContext, range?: Span): readonly TextEdit[] {
  if (!isEditable(context)) return [];
  const { uri } = context;
  const xml = domainXmlOf(context);
  if (xml !== undefined) return formatDomainXml(xml, range).map((edit) => ({ ...edit, uri }));
  const document = documentOf(context);
  if (document === undefined) return [];
  const { tree } = context.cache.descriptor(uri, document.text);
  return formatYaml(document.text, tree, range).map((edit) => ({ ...edit, uri }));
}
