import { attributeDocumentation, elementDocumentation } from '../../domain-docs/lookup.ts';
import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';
import type { XmlElement } from '../../xml/tree.ts';
import type { CompletionItem } from '../completion-item.ts';
import { completionItem } from './completion-request.ts';
import type { CompletionRequest, CursorAt, Proposal } from './completion-request.ts';
import { pathOf } from './element-path.ts';
import { knownValues } from './known-values.ts';
import { elementOpenedAt } from './place.ts';
import type { XmlPlace } from './vocabulary.ts';

/** Values of an attribute: known from hosts and this file first, then what is listed. */
export function valueItems(
  request: CompletionRequest,
  { open, name, value, quote, closed }: CursorAt<'attribute-value'>,
): readonly CompletionItem[] {
  const { context, xml, vocabulary } = request;
  const element = elementOpenedAt(xml.document.root, open);
  if (element === undefined) return [];
  const place: XmlPlace = { root: xml.document.root, element, offset: value.start };
  const path = pathOf(element);
  const written = quote === '' ? request.quote : quote;
  const put = (text: string): string =>
    (quote === '' ? written : '') + escaped(text, written) + (closed ? '' : written);
  const documentation = attributeDocumentation(path, name)?.documentation;
  return proposals(
    knownValues(context, xml, path, name),
    vocabulary.values(place, name).listed,
  ).map(({ text, detail }, index) =>
    completionItem({
      label: text,
      kind: 'value',
      span: value,
      newText: put(text),
      order: String(index).padStart(4, '0'),
      detail: detail ?? standardNote(documentation, text),
      documentation: valueLines(documentation, text),
    }),
  );
}

/** Texts of an element that are listed, or known from hosts, such as CPU models. */
export function textItems(
  request: CompletionRequest,
  place: XmlPlace,
  parent: XmlElement,
): readonly CompletionItem[] {
  const { context, xml, vocabulary, offset } = request;
  const { value, span: written } = parent.text;
  const touched = written.start <= offset && offset <= written.end;
  if (parent.children.length > 0 || (value !== '' && !touched)) return [];
  const span = value === '' ? { start: offset, end: offset } : written;
  const path = pathOf(parent);
  const documentation = elementDocumentation(path)?.documentation;
  return proposals(knownValues(context, xml, path), vocabulary.texts(place).listed).map(
    ({ text, detail }, index) =>
      completionItem({
        label: text,
        kind: 'value',
        span,
        newText: escaped(text, ''),
        order: String(index).padStart(4, '0'),
        detail: detail ?? standardNote(documentation, text),
        documentation: valueLines(documentation, text),
      }),
  );
}

/** What is known of hosts first, then what the grammar lists, each once. */
function proposals(known: readonly Proposal[], listed: readonly string[]): readonly Proposal[] {
  const taken = new Set(known.map(({ text }) => text));
  const more = listed.filter((text) => !taken.has(text));
  return [...known, ...more.map((text) => ({ text, detail: undefined }))];
}

interface Explained {
  readonly means: Message;
  readonly default?: string;
  readonly values?: Readonly<Record<string, Message>>;
}

function standardNote(documentation: Explained | undefined, text: string): Message | undefined {
  return documentation?.default === text ? say('default') : undefined;
}

function valueLines(documentation: Explained | undefined, text: string): readonly Message[] {
  if (documentation === undefined) return [];
  const { means, values } = documentation;
  const said = values !== undefined && Object.hasOwn(values, text) ? values[text] : undefined;
  return [said ?? means];
}

function escaped(text: string, quote: string): string {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  if (quote === '"') return plain.replaceAll('"', '&quot;');
  return quote === "'" ? plain.replaceAll("'", '&apos;') : plain;
}
