import type { Span } from '../../text/span.ts';
import type { XmlElement } from '../../xml/tree.ts';
import type { DomainXml } from '../parse-cache.ts';
import { markup } from './markup.ts';

interface Fold {
  readonly span: Span;
  readonly kind: 'region' | 'comment';
}

/** Elements and comments over several lines, and what stands between `#region` comments. */
export function domainFolds({ text, document }: DomainXml): readonly Fold[] {
  const folds: Fold[] = [];
  const add = (start: number, end: number, kind: Fold['kind']): void => {
    if (text.slice(start, end).includes('\n')) folds.push({ span: { start, end }, kind });
  };
  const visit = (element: XmlElement): void => {
    const { startTagSpan, endTagSpan, span } = element;
    // The line of the end tag stays visible, unless there is none.
    const end = endTagSpan === undefined ? span.end : lineBefore(text, endTagSpan.start);
    add(startTagSpan.start, end, 'region');
    element.children.forEach(visit);
  };
  if (document.root !== undefined) visit(document.root);
  const regions: number[] = [];
  for (const { kind, span } of markup(text)) {
    if (kind !== 'comment') continue;
    add(span.start, span.end, 'comment');
    const mark = /^<!--\s*#(end)?region\b/.exec(text.slice(span.start, span.start + 200));
    if (mark === null) continue;
    const from = mark[1] === undefined ? undefined : regions.pop();
    if (mark[1] === undefined) regions.push(span.start);
    else if (from !== undefined) add(from, span.end, 'region');
  }
  return folds.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
}

/** The end of the line before the one that an offset is in. */
function lineBefore(text: string, offset: number): number {
  return Math.max(0, text.lastIndexOf('\n', offset - 1));
}
