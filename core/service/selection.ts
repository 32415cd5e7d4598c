import { contains } from '../text/span.ts';
import type { Span } from '../text/span.ts';
import type { YamlNode } from '../yaml/tree.ts';
import { documentOf, domainXmlOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { domainSelection } from './domain-xml/selection.ts';

/** What a growing selection at an offset takes in, innermost first; each holds the one before. */
export function selectionSpans(context: ServiceContext, offset: number): readonly Span[] {
  const xml = domainXmlOf(context);
  if (xml !== undefined) return domainSelection(xml, offset);
  const document = documentOf(context);
  if (document === undefined) return [];
  const whole = { start: 0, end: document.text.length };
  const { tree } = context.cache.descriptor(context.uri, document.text);
  return nested([whole, ...yamlSpans(tree.root, offset, document.text)]);
}

/** From the outermost node to the innermost; of a quoted text also what stands between the quotes. */
function yamlSpans(root: YamlNode | undefined, offset: number, text: string): readonly Span[] {
  const spans: Span[] = [];
  let node = root;
  while (node !== undefined && contains(node.span, offset)) {
    spans.push(node.span);
    if (node.kind === 'scalar') {
      if (node.quoted && /["']/.test(text.charAt(node.span.start))) {
        spans.push({
          start: node.span.start + 1,
          end: Math.max(node.span.start + 1, node.span.end - 1),
        });
      }
      return spans;
    }
    if (node.kind === 'sequence') {
      node = node.items.find((item) => contains(item.span, offset));
      continue;
    }
    const entry = node.entries.find(({ span }) => contains(span, offset));
    if (entry === undefined) return spans;
    spans.push(entry.span);
    if (contains(entry.key.span, offset)) return [...spans, entry.key.span];
    node = entry.value;
  }
  return spans;
}

/** Innermost first, without a step that selects no more than the one before. */
function nested(outermostFirst: readonly Span[]): readonly Span[] {
  const kept: Span[] = [];
  for (const span of outermostFirst) {
    const last = kept.at(-1);
    if (last !== undefined && (span.start < last.start || span.end > last.end)) continue;
    if (last?.start === span.start && last.end === span.end) continue;
    kept.push(span);
  }
  return kept.reverse();
}
