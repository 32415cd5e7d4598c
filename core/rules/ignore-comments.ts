import type { Located, Location, Span } from '../text/span.ts';
import type { XmlDocument, XmlElement } from '../xml/tree.ts';
import type { YamlNode, YamlTree } from '../yaml/tree.ts';

/** The word that makes a comment a suppression. */
export const ignoreWord = 'livemigrate-ignore';

/** `# livemigrate-ignore rule-id, other-id: reason`, or the same in an XML comment. */
export interface IgnoreComment extends Location {
  readonly ids: readonly Located<string>[];
  /** Absent when nothing stands behind the colon, or only a placeholder such as `<why>`. */
  readonly reason: string | undefined;
  /** A finding that begins in here is meant: one line, or the item below the comment. */
  readonly covers: Span;
  /** What goes away with the comment: its line when it has one of its own. */
  readonly removal: Span;
  /** Elements of domain XML that are meant; `whole`: with everything in them. */
  readonly elements: { readonly list: readonly XmlElement[]; readonly whole: boolean };
}

/** Suppressions in a descriptor. A `#` within a text is none. */
export function ignoresInYaml(uri: string, text: string, tree: YamlTree): readonly IgnoreComment[] {
  if (!text.includes(ignoreWord)) return [];
  const scalars = scalarSpans(tree.root, []);
  const starts = text.matchAll(/(?<=^|[ \t])#[ \t]*livemigrate-ignore(?![\w-])[^\r\n]*/gm);
  return [...starts].flatMap(({ index, 0: whole }) => {
    if (scalars.some(({ start, end }) => start <= index && index < end)) return [];
    const span = { start: index, end: index + whole.trimEnd().length };
    const line = lineAround(text, span.start);
    const ownLine = text.slice(line.start, index).trim() === '';
    return [
      {
        uri,
        span,
        ...readBody(text, { start: index + whole.indexOf(ignoreWord), end: span.end }),
        covers: ownLine ? itemBelow(text, line.end, tree) : line,
        removal: ownLine
          ? withLineEnd(text, line)
          : { start: blankBefore(text, span.start), end: line.end },
        elements: { list: [], whole: false },
      },
    ];
  });
}

/** Suppressions in domain XML. */
export function ignoresInXml(
  uri: string,
  text: string,
  document: XmlDocument,
): readonly IgnoreComment[] {
  if (!text.includes(ignoreWord)) return [];
  return commentSpans(text).flatMap((span): readonly IgnoreComment[] => {
    const inner = text.slice(span.start + 4, span.end - 3);
    if (!/^\s*livemigrate-ignore(?![\w-])/.test(inner)) return [];
    const word = span.start + 4 + inner.indexOf(ignoreWord);
    const first = lineAround(text, span.start);
    const last = lineAround(text, span.end);
    const ownLine =
      text.slice(first.start, span.start).trim() === '' &&
      text.slice(span.end, last.end).trim() === '';
    const body = readBody(text, { start: word, end: span.end - 3 });
    if (!ownLine) {
      const list = elementsOn(document.root, first);
      return [
        {
          uri,
          span,
          ...body,
          covers: first,
          removal: { start: blankBefore(text, span.start), end: span.end },
          elements: { list, whole: false },
        },
      ];
    }
    const line = contentBelow(text, last.end, /^[ \t]*<!--.*-->[ \t]*$/);
    const outer = elementsOn(document.root, line)[0];
    return [
      {
        uri,
        span,
        ...body,
        covers: { start: line.start, end: Math.max(line.end, outer?.span.end ?? 0) },
        removal: withLineEnd(text, { start: first.start, end: last.end }),
        elements: { list: outer === undefined ? [] : [outer], whole: true },
      },
    ];
  });
}

/** Ids and reason behind the word that `span` begins with. */
function readBody(text: string, span: Span): Pick<IgnoreComment, 'ids' | 'reason'> {
  const start = span.start + ignoreWord.length;
  const body = text.slice(start, span.end);
  const colon = body.indexOf(':');
  const names = colon < 0 ? body : body.slice(0, colon);
  const ids = [...names.matchAll(/[^\s,]+/g)].map(({ index, 0: value }) => ({
    value,
    span: { start: start + index, end: start + index + value.length },
  }));
  const reason = colon < 0 ? '' : body.slice(colon + 1).trim();
  return { ids, reason: reason === '' || /^<[^>]*>$/.test(reason) ? undefined : reason };
}

/** The line below a comment (further comments between them are passed), with what begins there. */
function itemBelow(text: string, from: number, tree: YamlTree): Span {
  const line = contentBelow(text, from, /^[ \t]*#/);
  const end = endOfItems(tree.root, line, line.end);
  return { start: line.start, end };
}

/** The first line behind `from` that is not of the kind to pass; an empty one stands for nothing. */
function contentBelow(text: string, from: number, pass: RegExp): Span {
  let line = nextLine(text, from);
  while (line.start < line.end && pass.test(text.slice(line.start, line.end))) {
    line = nextLine(text, line.end);
  }
  return line;
}

/** The last end of keys and list items that begin in a line. */
function endOfItems(node: YamlNode | undefined, line: Span, end: number): number {
  if (node === undefined || node.kind === 'scalar' || node.span.end < line.start) return end;
  let last = end;
  if (node.kind === 'mapping') {
    for (const entry of node.entries) {
      if (within(entry.span.start, line)) last = Math.max(last, entry.span.end);
      else last = endOfItems(entry.value, line, last);
    }
    return last;
  }
  for (const item of node.items) {
    if (within(item.span.start, line)) last = Math.max(last, item.span.end);
    else last = endOfItems(item, line, last);
  }
  return last;
}

/** Elements whose start tag begins in a line, outer ones first. */
function elementsOn(root: XmlElement | undefined, line: Span): readonly XmlElement[] {
  if (root === undefined || root.span.start > line.end || root.span.end < line.start) return [];
  const own = within(root.span.start, line) ? [root] : [];
  return [...own, ...root.children.flatMap((each) => elementsOn(each, line))];
}

/** Comments of an XML text; CDATA is passed over. */
function commentSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  const opening = /<!--|<!\[CDATA\[/g;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const isComment = match[0] === '<!--';
    const close = isComment ? '-->' : ']]>';
    const at = text.indexOf(close, match.index + match[0].length);
    if (at < 0) return spans;
    opening.lastIndex = at + close.length;
    if (isComment) spans.push({ start: match.index, end: at + close.length });
  }
  return spans;
}

function scalarSpans(node: YamlNode | undefined, found: Span[]): readonly Span[] {
  if (node?.kind === 'scalar') found.push(node.span);
  else if (node?.kind === 'sequence') for (const item of node.items) scalarSpans(item, found);
  else if (node?.kind === 'mapping') {
    for (const { key, value } of node.entries) {
      found.push(key.span);
      scalarSpans(value, found);
    }
  }
  return found;
}

function within(offset: number, span: Span): boolean {
  return span.start <= offset && offset <= span.end;
}

/** The line that holds an offset, without its end. */
export function lineAround(text: string, offset: number): Span {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const end = newline < 0 ? text.length : newline;
  return { start, end: end > start && text[end - 1] === '\r' ? end - 1 : end };
}

function nextLine(text: string, end: number): Span {
  const newline = text.indexOf('\n', end);
  return newline < 0 ? { start: text.length, end: text.length } : lineAround(text, newline + 1);
}

function withLineEnd(text: string, line: Span): Span {
  const newline = text.indexOf('\n', line.end);
  return { start: line.start, end: newline < 0 ? text.length : newline + 1 };
}

function blankBefore(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && /[ \t]/.test(text[start - 1] ?? '')) start--;
  return start;
}
