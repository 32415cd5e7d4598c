import type { Span } from '../../text/span.ts';
import type { CompletionItem } from '../completion-item.ts';
import type { ServiceContext } from '../context.ts';
import type { DomainXml } from '../parse-cache.ts';
import { attributeItems, elementItems } from './complete-tags.ts';
import { textItems, valueItems } from './complete-values.ts';
import { completionItem } from './completion-request.ts';
import type { CompletionRequest, CursorAt } from './completion-request.ts';
import { xmlCursor } from './cursor.ts';
import type { XmlCursor } from './cursor.ts';
import { parentAt } from './place.ts';
import type { Vocabulary, XmlPlace } from './vocabulary.ts';

/** What can be written at an offset of domain XML, also in one that is only half typed. */
export function completeDomainXml({
  context,
  xml,
  offset,
  trigger,
  vocabulary,
}: {
  readonly context: ServiceContext;
  readonly xml: DomainXml;
  readonly offset: number;
  /** The character whose typing asked for it. */
  readonly trigger: string | undefined;
  readonly vocabulary: Vocabulary;
}): readonly CompletionItem[] {
  const { text } = xml;
  const cursor = xmlCursor(text, offset);
  if (cursor === undefined || (trigger !== undefined && !answers(cursor, trigger))) return [];
  const quote = /=\s*(["'])/.exec(text.slice(0, 64 * 1024))?.[1] ?? "'";
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const request: CompletionRequest = { context, xml, vocabulary, offset, quote, lineEnd };
  switch (cursor.at) {
    case 'content':
      return trigger === undefined ? contentItems(request, cursor.word) : closingItems(request);
    case 'tag-name':
      return tagItems(request, cursor);
    case 'end-tag':
      return endTagItems(request, cursor);
    case 'attribute-name':
      return attributeItems(request, cursor);
    case 'attribute-value':
      return valueItems(request, cursor);
  }
}

/** Does a character that was typed ask for anything at this place? */
function answers({ at }: XmlCursor, trigger: string): boolean {
  switch (trigger) {
    case '<':
      return at === 'tag-name';
    case '/':
      return at === 'end-tag';
    case '>':
      return at === 'content';
    case ' ':
      return at === 'attribute-name';
    default:
      return at === 'attribute-value';
  }
}

/** Between tags: the missing end tag, texts that are listed, elements to begin. */
function contentItems(request: CompletionRequest, word: Span): readonly CompletionItem[] {
  const { xml } = request;
  const { root } = xml.document;
  const element = parentAt(root, xml.text, word.start);
  const place: XmlPlace = { root, element, offset: word.start };
  const closing = word.start === word.end ? closingItems(request) : [];
  const texts = element === undefined ? [] : textItems(request, place, element);
  if (texts.length > 0) return [...closing, ...texts];
  const inText =
    element !== undefined &&
    element.children.length === 0 &&
    element.text.value !== xml.text.slice(word.start, word.end);
  if (inText && element.text.value !== '') return closing;
  return [...closing, ...elementItems(request, place, { span: word, begin: '<', whole: true })];
}

function tagItems(
  request: CompletionRequest,
  { open, name, alone }: CursorAt<'tag-name'>,
): readonly CompletionItem[] {
  const { root } = request.xml.document;
  const element = parentAt(root, request.xml.text, open);
  const place: XmlPlace = { root, element, offset: open };
  const closing =
    name.start === name.end && element !== undefined
      ? [closingItem(`/${element.name}>`, name)]
      : [];
  return [...elementItems(request, place, { span: name, begin: '', whole: alone }), ...closing];
}

function endTagItems(
  { xml }: CompletionRequest,
  { open, name, closed }: CursorAt<'end-tag'>,
): readonly CompletionItem[] {
  const element = parentAt(xml.document.root, xml.text, open);
  return element === undefined ? [] : [closingItem(element.name + (closed ? '' : '>'), name)];
}

/** The end tag of the element around, if it has none. */
function closingItems({ xml, offset }: CompletionRequest): readonly CompletionItem[] {
  const parent = parentAt(xml.document.root, xml.text, offset);
  return parent === undefined || parent.endTagSpan !== undefined
    ? []
    : [closingItem(`</${parent.name}>`, { start: offset, end: offset })];
}

function closingItem(newText: string, span: Span): CompletionItem {
  return completionItem({
    label: newText,
    kind: 'element',
    span,
    newText,
    order: '0',
    documentation: [],
  });
}
