import type { Span } from '../text/span.ts';
import type { TextEdit } from '../problems.ts';
import { documentOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { formatYaml } from './format-yaml.ts';

/**
 * Edits that lay a document out anew; only white space changes. With a range, only lines that touch
 * it (and what belongs to them) change. Nothing for a text with mistakes in its syntax.
 */
export function formatDocument(context: ServiceContext, range?: Span): readonly TextEdit[] {
  const document = documentOf(context);
  if (document?.kind !== 'descriptor') return [];
  const { tree } = context.cache.descriptor(context.uri, document.text);
  return formatYaml(document.text, tree, range).map((edit) => ({ ...edit, uri: context.uri }));
}
