import type { Span } from '../../text/span.ts';
import { contains } from '../../text/span.ts';
import type { XmlElement } from '../../xml/tree.ts';
import type { DomainXml } from '../parse-cache.ts';
import { elementsAround } from './element-path.ts';

/** What a selection grows to, step by step: each span holds the one before it. */
export function domainSelection({ document, text }: DomainXml, offset: number): readonly Span[] {
  const spans: Span[] = [];
  const add = (span: Span | undefined): void => {
    const last = spans.at(-1);
    if (span === undefined || !contains(span, offset)) return;
    if (last !== undefined && (span.start > last.start || span.end < last.end)) return;
    if (last !== undefined && span.start === last.start && span.end === last.end) return;
    spans.push(span);
  };
  const around = elementsAround(document.root, offset);
  for (const element of around.toReversed()) {
    const attribute = element.attributes.find(({ span }) => contains(span, offset));
    add(
      attribute !== undefined && contains(attribute.nameSpan, offset)
        ? attribute.nameSpan
        : undefined,
    );
    add(attribute?.valueSpan);
    add(attribute?.span);
    add(element.nameSpan);
    if (contains(element.startTagSpan, offset) && offset < element.startTagSpan.end) {
      add(element.startTagSpan);
    }
    add(element.text.value === '' ? undefined : element.text.span);
    add(contentSpan(element));
    add(element.endTagSpan);
    add(element.span);
  }
  add({ start: 0, end: text.length });
  return spans;
}

/** Between the tags; undefined for an element that has no end tag. */
function contentSpan({ startTagSpan, endTagSpan }: XmlElement): Span | undefined {
  return endTagSpan === undefined
    ? undefined
    : { start: startTagSpan.end, end: Math.max(startTagSpan.end, endTagSpan.start) };
}
