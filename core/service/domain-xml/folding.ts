import { indexLines } from '../../text/lines.ts';
import type { XmlElement } from '../../xml/tree.ts';
import type { DomainXml } from '../parse-cache.ts';
import { markup } from './markup.ts';

/** Zero-based lines; the first stays visible, the last is hidden. */
export interface Fold {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: 'element' | 'comment' | 'region';
}

/** Elements and comments over several lines, and `<!-- #region -->` pairs. */
export function foldingRanges({ text, document }: DomainXml): readonly Fold[] {
  const lines = indexLines(text);
  const lineOf = (offset: number): number => lines.position(offset).line;
  const folds: Fold[] = [];
  const visit = (element: XmlElement): void => {
    const startLine = lineOf(element.startTagSpan.start);
    // The line of the end tag stays visible, unless the element ends on it without one.
    const last = lineOf(element.endTagSpan?.start ?? element.span.end);
    const endLine = element.endTagSpan === undefined ? last : last - 1;
    if (endLine > startLine) folds.push({ startLine, endLine, kind: 'element' });
    element.children.forEach(visit);
  };
  if (document.root !== undefined) visit(document.root);
  const regions: number[] = [];
  for (const { kind, span } of markup(text)) {
    if (kind !== 'comment') continue;
    const startLine = lineOf(span.start);
    const endLine = lineOf(span.end);
    if (endLine > startLine) folds.push({ startLine, endLine, kind: 'comment' });
    const mark = /^<!--\s*#(end)?region\b/.exec(text.slice(span.start, span.start + 200));
    if (mark === null) continue;
    if (mark[1] === undefined) regions.push(startLine);
    else {
      const from = regions.pop();
      if (from !== undefined) folds.push({ startLine: from, endLine: startLine, kind: 'region' });
    }
  }
  return folds.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}
