import type { Span } from '../../text/span.ts';
import { contains } from '../../text/span.ts';
import type { DomainXml } from '../parse-cache.ts';
import { elementsAround } from './element-path.ts';

/** The names of a start tag and its end tag, when the cursor is in one of them. */
export interface TagPair {
  readonly name: string;
  /** Start tag first; the end tag's is absent where the tag has none of this name. */
  readonly spans: readonly Span[];
}

export function tagPairAt({ document, text }: DomainXml, offset: number): TagPair | undefined {
  for (const element of elementsAround(document.root, offset).toReversed()) {
    const { name, nameSpan, endTagSpan } = element;
    const spans = [nameSpan];
    if (endTagSpan !== undefined) {
      const start = endTagSpan.start + 2;
      const end = { start, end: start + name.length };
      // A recovered tree may close an element by a tag of another name.
      if (text.slice(end.start, end.end) === name) spans.push(end);
    }
    if (name !== '' && spans.some((span) => contains(span, offset))) return { name, spans };
  }
  return undefined;
}
