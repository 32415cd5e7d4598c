import { indexLines } from '../text/lines.ts';
import type { Span } from '../text/span.ts';
import type { YamlNode } from '../yaml/tree.ts';
import { documentOf, domainXmlOf, isEditable } from './context.ts';
import type { ServiceContext } from './context.ts';
import { domainFolds } from './domain-xml/folding.ts';

export interface FoldingRange {
  readonly span: Span;
  readonly kind: 'region' | 'comment';
}

/** What an editor can fold away: values, list items, elements and comments of several lines. */
export function foldingRanges(context: ServiceContext): readonly FoldingRange[] {
  if (!isEditable(context)) return [];
  const xml = domainXmlOf(context);
  if (xml !== undefined) return domainFolds(xml);
  const document = documentOf(context);
  if (document === undefined) return [];
  const { tree } = context.cache.descriptor(context.uri, document.text);
  return [...valueRanges(tree.root, document.text), ...commentRanges(document.text)];
}

function valueRanges(root: YamlNode | undefined, text: string): readonly FoldingRange[] {
  const lines = indexLines(text);
  const ranges: FoldingRange[] = [];
  const add = (span: Span): void => {
    if (lines.position(span.start).line === lines.position(span.end).line) return;
    ranges.push({ span, kind: 'region' });
  };
  const visit = (node: YamlNode | undefined): void => {
    if (node === undefined || node.kind === 'scalar' || text.charAt(node.span.start) === '*')
      return;
    if (node.kind === 'sequence') {
      for (const item of node.items) {
        if (item.kind !== 'scalar') add(item.span);
        visit(item);
      }
      return;
    }
    for (const { span, value } of node.entries) {
      add(span);
      visit(value);
    }
  };
  visit(root);
  return ranges;
}

/** Two or more lines below each other that hold nothing but a comment. */
function commentRanges(text: string): readonly FoldingRange[] {
  const ranges: FoldingRange[] = [];
  for (const match of text.matchAll(/^[ \t]*#[^\n]*(?:\r?\n[ \t]*#[^\n]*)+/gm)) {
    const start = match.index + match[0].search(/#/);
    ranges.push({ span: { start, end: match.index + match[0].trimEnd().length }, kind: 'comment' });
  }
  return ranges;
}
