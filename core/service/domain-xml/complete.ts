import { attributeDocumentation, elementDocumentation } from '../../domain-docs/lookup.ts';
import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';
import type { Span } from '../../text/span.ts';
import type { XmlElement } from '../../xml/tree.ts';
import type { CompletionItem } from '../completion-item.ts';
import { literal, missingNote } from '../completion-item.ts';
import type { ServiceContext } from '../context.ts';
import type { DomainXml } from '../parse-cache.ts';
import { documentationLines } from './cards.ts';
import { xmlCursor } from './cursor.ts';
import type { XmlCursor } from './cursor.ts';
import { pathOf } from './element-path.ts';
import { deviceEntries } from './entries.ts';
import type { EntryNames } from './entries.ts';
import { freeTargets, knownValues } from './known-values.ts';
import { elementOpenedAt, parentAt } from './place.ts';
import type { ExpectedName, Vocabulary, XmlPlace } from './vocabulary.ts';

/** What a completion in domain XML is computed from. */
interface Asked {
  readonly context: ServiceContext;
  readonly xml: DomainXml;
  readonly vocabulary: Vocabulary;
  readonly offset: number;
  /** The quote that this document uses. */
  readonly quote: string;
  readonly lineEnd: string;
}

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
  const quote = (/=\s*(["'])/.exec(text.slice(0, 64 * 1024))?.[1] ?? "'") === '"' ? '"' : "'";
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const asked: Asked = { context, xml, vocabulary, offset, quote, lineEnd };
  switch (cursor.at) {
    case 'content':
      return trigger === undefined ? contentItems(asked, cursor.word) : closingItems(asked);
    case 'tag-name':
      return tagItems(asked, cursor);
    case 'end-tag':
      return endTagItems(asked, cursor);
    case 'attribute-name':
      return attributeItems(asked, cursor);
    case 'attribute-value':
      return valueItems(asked, cursor);
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

/** The end tag of the element around, if it has none. */
function closingItems({ xml, offset }: Asked): readonly CompletionItem[] {
  const parent = parentAt(xml.document.root, xml.text, offset);
  return parent === undefined || parent.endTagSpan !== undefined
    ? []
    : [closingItem(`</${parent.name}>`, { start: offset, end: offset })];
}

type CursorAt<K extends XmlCursor['at']> = Extract<XmlCursor, { at: K }>;

/** Between tags: the missing end tag, texts that are listed, elements to begin. */
function contentItems(asked: Asked, word: Span): readonly CompletionItem[] {
  const { xml } = asked;
  const parent = parentAt(xml.document.root, xml.text, word.start);
  const place: XmlPlace = { root: xml.document.root, element: parent, offset: word.start };
  const closing = word.start === word.end ? closingItems(asked) : [];
  const texts = parent === undefined ? [] : textItems(asked, place, parent);
  if (texts.length > 0) return [...closing, ...texts];
  const besideText =
    parent !== undefined && parent.text.value.trim() !== '' && parent.children.length === 0;
  if (besideText && word.start === parent.text.span.start && parent.text.span.end > word.end)
    return closing;
  return [...closing, ...elementItems(asked, place, word, '<', true)];
}

function tagItems(asked: Asked, cursor: CursorAt<'tag-name'>): readonly CompletionItem[] {
  const { xml } = asked;
  const element = parentAt(xml.document.root, xml.text, cursor.open);
  const place: XmlPlace = { root: xml.document.root, element, offset: cursor.open };
  const closing =
    cursor.name.start === cursor.name.end && element !== undefined
      ? [closingItem(`/${element.name}>`, cursor.name)]
      : [];
  return [...elementItems(asked, place, cursor.name, '', cursor.alone), ...closing];
}

function endTagItems(
  asked: Asked,
  { open, name, closed }: CursorAt<'end-tag'>,
): readonly CompletionItem[] {
  const { xml } = asked;
  const element = parentAt(xml.document.root, xml.text, open);
  return element === undefined ? [] : [closingItem(element.name + (closed ? '' : '>'), name)];
}

function closingItem(newText: string, span: Span): CompletionItem {
  return item({ label: newText, kind: 'element', span, newText, order: '0', documentation: [] });
}

/** Elements that may stand here; `whole` says whether attributes and end tag are to be written too. */
function elementItems(
  asked: Asked,
  place: XmlPlace,
  span: Span,
  begin: '<' | '',
  whole: boolean,
): readonly CompletionItem[] {
  const expected = asked.vocabulary.elements(place);
  const path = place.element === undefined ? [] : pathOf(place.element);
  const entries =
    whole && path.join('/') === 'domain/devices' ? entryItems(asked, span, begin) : [];
  const allowed = new Set(expected.map(({ name }) => name));
  return [
    ...expected.map((each, index) => {
      const body = whole ? elementBody(asked, place, each.name) : each.name;
      return item({
        label: each.name,
        kind: 'element',
        span,
        newText: begin + body,
        snippet: whole,
        order: rank(each, index),
        detail: missingNote(each.required),
        documentation: documentationOf([...path, each.name]),
      });
    }),
    ...entries.filter(({ element }) => allowed.has(element)).map(({ entry }) => entry),
  ];
}

function elementBody(asked: Asked, place: XmlPlace, name: string): string {
  const { vocabulary, quote, lineEnd } = asked;
  const { required, holds } = vocabulary.shape(place, name);
  const attributes = required.map(
    (attribute, index) => ` ${attribute}=${quote}$${String(index + 1)}${quote}`,
  );
  const start = name + attributes.join('');
  switch (holds) {
    case undefined:
      return `${start}$0`;
    case 'nothing':
      return `${start}$0/>`;
    case 'text':
      return `${start}>$0</${name}>`;
    case 'elements':
      return `${start}>${lineEnd}  $0${lineEnd}</${name}>`;
  }
}

function entryItems(
  asked: Asked,
  span: Span,
  begin: '<' | '',
): readonly { readonly element: string; readonly entry: CompletionItem }[] {
  const names = entryNames(asked);
  return deviceEntries.map(({ label, element, means, lines }, index) => ({
    element,
    entry: item({
      label,
      kind: 'item',
      span,
      newText: `${begin}${lines(names).join(asked.lineEnd).replaceAll("'", asked.quote)}$0`,
      snippet: true,
      order: `4${String(index).padStart(3, '0')}`,
      documentation: [means],
    }),
  }));
}

function entryNames({ context, xml }: Asked): EntryNames {
  const first = (path: readonly string[], attribute: string, otherwise: string): string =>
    knownValues(context, xml, path, attribute)[0]?.text ?? otherwise;
  return {
    target: freeTargets(xml)[0]?.text ?? 'vda',
    network: literal(first(['interface', 'source'], 'network', 'default')),
    bridge: literal(first(['interface', 'source'], 'bridge', 'br0')),
  };
}

function attributeItems(
  asked: Asked,
  { open, name, hasValue, spaced }: CursorAt<'attribute-name'>,
): readonly CompletionItem[] {
  const { xml, vocabulary, quote } = asked;
  const element = elementOpenedAt(xml.document.root, open);
  if (element === undefined) return [];
  const place: XmlPlace = { root: xml.document.root, element, offset: name.start };
  const path = pathOf(element);
  const before = spaced ? '' : ' ';
  // The next attribute must not stick to the new one.
  const after = !hasValue && /[\w:]/.test(xml.text.charAt(name.end)) ? ' ' : '';
  return vocabulary.attributes(place).map((each, index) =>
    item({
      label: each.name,
      kind: 'key',
      span: name,
      newText: hasValue ? before + each.name : `${before}${each.name}=${quote}$1${quote}$0${after}`,
      snippet: !hasValue,
      order: rank(each, index),
      detail: missingNote(each.required),
      documentation: documentationOf(path, each.name),
      continues: !hasValue,
    }),
  );
}

function valueItems(
  asked: Asked,
  { open, name, value, quote, closed }: CursorAt<'attribute-value'>,
): readonly CompletionItem[] {
  const { context, xml, vocabulary } = asked;
  const element = elementOpenedAt(xml.document.root, open);
  if (element === undefined) return [];
  const place: XmlPlace = { root: xml.document.root, element, offset: value.start };
  const path = pathOf(element);
  const written = quote === '' ? asked.quote : quote;
  const put = (text: string): string =>
    (quote === '' ? written : '') + escaped(text, written) + (closed ? '' : written);
  const documentation = attributeDocumentation(path, name)?.documentation;
  const standard = documentation?.default;
  return proposals(knownValues(context, xml, path, name), vocabulary.values(place, name)).map(
    ({ text, detail }, index) =>
      item({
        label: text,
        kind: 'value',
        span: value,
        newText: put(text),
        order: String(index).padStart(4, '0'),
        detail: detail ?? (text === standard ? say('default') : undefined),
        documentation: valueLines(documentation, text),
      }),
  );
}

/** Texts of an element that are listed, or known from hosts, such as CPU models. */
function textItems(asked: Asked, place: XmlPlace, parent: XmlElement): readonly CompletionItem[] {
  const { context, xml, vocabulary, offset } = asked;
  if (parent.children.length > 0) return [];
  const path = pathOf(parent);
  const { value, span } = parent.text;
  const typed =
    value === '' || !(span.start <= offset && offset <= span.end)
      ? { start: offset, end: offset }
      : span;
  if (value !== '' && typed !== span) return [];
  const documentation = elementDocumentation(path)?.documentation;
  return proposals(knownValues(context, xml, path), vocabulary.texts(place)).map(
    ({ text, detail }, index) =>
      item({
        label: text,
        kind: 'value',
        span: typed,
        newText: escaped(text, ''),
        order: String(index).padStart(4, '0'),
        detail: detail ?? (text === documentation?.default ? say('default') : undefined),
        documentation: valueLines(documentation, text),
      }),
  );
}

interface Proposal {
  readonly text: string;
  readonly detail: Message | undefined;
}

/** What is known of hosts first, then what the grammar lists, each once. */
function proposals(known: readonly Proposal[], listed: readonly string[]): readonly Proposal[] {
  const taken = new Set(known.map(({ text }) => text));
  const more = listed.filter((text) => !taken.has(text));
  return [...known, ...more.map((text) => ({ text, detail: undefined }))];
}

function valueLines(
  documentation:
    { readonly means: Message; readonly values?: Readonly<Record<string, Message>> } | undefined,
  text: string,
): readonly Message[] {
  if (documentation === undefined) return [];
  const { means, values } = documentation;
  const said = values !== undefined && Object.hasOwn(values, text) ? values[text] : undefined;
  return said === undefined ? [means] : [said];
}

function documentationOf(path: readonly string[], attribute?: string): readonly Message[] {
  const found =
    attribute === undefined ? elementDocumentation(path) : attributeDocumentation(path, attribute);
  return found === undefined ? [] : documentationLines(found.documentation);
}

/** Required names first, then in the order of the vocabulary. */
function rank({ required }: ExpectedName, index: number): string {
  return `${required ? '1' : '2'}${String(index).padStart(3, '0')}`;
}

function escaped(text: string, quote: string): string {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  if (quote === '"') return plain.replaceAll('"', '&quot;');
  return quote === "'" ? plain.replaceAll("'", '&apos;') : plain;
}

function item(
  given: Pick<CompletionItem, 'label' | 'kind' | 'span' | 'newText' | 'order' | 'documentation'> &
    Partial<CompletionItem>,
): CompletionItem {
  return { snippet: false, preselect: false, detail: undefined, continues: false, ...given };
}
