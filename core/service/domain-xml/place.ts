import type { XmlElement } from '../../xml/tree.ts';
import { elementsAround } from './element-path.ts';

/** The element whose start tag begins at an offset, also one that is being typed. */
export function elementOpenedAt(
  root: XmlElement | undefined,
  open: number,
): XmlElement | undefined {
  return elementsAround(root, open).findLast(({ startTagSpan }) => startTagSpan.start === open);
}

/**
 * The element that a tag or text at an offset is in. One whose end tag is still missing is open
 * for what stands further right than itself, which is what the author sees.
 */
export function parentAt(
  root: XmlElement | undefined,
  text: string,
  offset: number,
): XmlElement | undefined {
  const around = elementsAround(root, offset).filter(
    ({ startTagSpan, endTagSpan }) =>
      startTagSpan.start < offset &&
      startTagSpan.end <= offset &&
      (endTagSpan === undefined
        ? text.slice(startTagSpan.end - 2, startTagSpan.end) !== '/>'
        : offset <= endTagSpan.start),
  );
  let parent = around.findLast(({ name }) => name !== '') ?? unclosedBefore(root, text, offset);
  for (;;) {
    const last = parent?.children.findLast(({ span, name }) => span.start < offset && name !== '');
    if (last === undefined || unclosedBefore(last, text, offset) === undefined) return parent;
    parent = last;
  }
}

/** The element itself, if it was never closed and an offset behind it can be meant to be in it. */
function unclosedBefore(
  element: XmlElement | undefined,
  text: string,
  offset: number,
): XmlElement | undefined {
  if (element === undefined || element.endTagSpan !== undefined) return undefined;
  const { start, end } = element.startTagSpan;
  if (end > offset || text.slice(end - 2, end) === '/>' || text.charAt(end - 1) !== '>') {
    return undefined;
  }
  const sameLine = !text.slice(end, offset).includes('\n');
  return sameLine || columnOf(text, offset) > columnOf(text, start) ? element : undefined;
}

/** Columns of white space that the line of an offset begins with, at most up to the offset. */
function columnOf(text: string, offset: number): number {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  let at = lineStart;
  while (at < offset && (text.charAt(at) === ' ' || text.charAt(at) === '\t')) at++;
  return at - lineStart;
}
