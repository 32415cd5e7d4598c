import { attributeDocumentation, elementDocumentation } from '../../domain-docs/lookup.ts';
import type { Message } from '../../messages.ts';
import type { Span } from '../../text/span.ts';
import type { CompletionItem } from '../completion-item.ts';
import { literal, missingNote } from '../completion-item.ts';
import { documentationLines } from './cards.ts';
import { completionItem, rank } from './completion-request.ts';
import type { CompletionRequest, CursorAt } from './completion-request.ts';
import { pathOf } from './element-path.ts';
import { deviceEntries } from './entries.ts';
import type { EntryNames } from './entries.ts';
import { freeTargets, knownValues } from './known-values.ts';
import { elementOpenedAt } from './place.ts';
import type { XmlPlace } from './vocabulary.ts';

/** How a new element is put into the text. */
export interface Insertion {
  readonly span: Span;
  /** What the text lacks before the name. */
  readonly begin: '<' | '';
  /** Attributes and end tag are to be written too. */
  readonly whole: boolean;
}

/** Elements that may stand at a place, and in `<devices>` whole ones. */
export function elementItems(
  request: CompletionRequest,
  place: XmlPlace,
  insertion: Insertion,
): readonly CompletionItem[] {
  const { span, begin, whole } = insertion;
  const expected = request.vocabulary.elements(place);
  const path = place.element === undefined ? [] : pathOf(place.element);
  const items = expected.map((each, index) =>
    completionItem({
      label: each.name,
      kind: 'element',
      span,
      newText: begin + (whole ? elementBody(request, place, each.name) : each.name),
      snippet: whole,
      order: rank(each, index),
      detail: missingNote(each.required),
      documentation: documentationOf([...path, each.name]),
    }),
  );
  if (!whole || path.join('/') !== 'domain/devices') return items;
  const allowed = new Set(expected.map(({ name }) => name));
  return [...items, ...entryItems(request, insertion, allowed)];
}

function elementBody(request: CompletionRequest, place: XmlPlace, name: string): string {
  const { vocabulary, quote, lineEnd } = request;
  const { required, holds } = vocabulary.shape(place, name);
  const attributes = required.map(
    (attribute, index) => ` ${attribute}=${quote}$${String(index + 1)}${quote}`,
  );
  const start = name + attributes.join('');
  const block = `${start}>${lineEnd}  $0${lineEnd}</${name}>`;
  switch (holds) {
    case undefined:
      return `${start}$0`;
    case 'nothing':
      return `${start}$0/>`;
    case 'text':
      return `${start}>$0</${name}>`;
    case 'elements':
      return block;
    case 'optional-elements':
      // Further down most elements say all they have to say in attributes.
      return isBlock(place) ? block : `${start}$0/>`;
  }
}

/** Directly in `<domain>` and `<devices>`, where elements have content as a rule. */
function isBlock({ element }: XmlPlace): boolean {
  return element === undefined || element.name === 'domain' || element.name === 'devices';
}

function entryItems(
  request: CompletionRequest,
  { span, begin }: Insertion,
  allowed: ReadonlySet<string>,
): readonly CompletionItem[] {
  const { lineEnd, quote } = request;
  const names = entryNames(request);
  return deviceEntries
    .filter(({ element }) => allowed.has(element))
    .map((entry, index) =>
      completionItem({
        label: entry.label,
        kind: 'item',
        span,
        newText: `${begin}${entry.lines(names).join(lineEnd).replaceAll("'", quote)}$0`,
        snippet: true,
        order: `4${String(index).padStart(3, '0')}`,
        documentation: [entry.means],
      }),
    );
}

function entryNames({ context, xml }: CompletionRequest): EntryNames {
  const first = (attribute: string, otherwise: string): string =>
    literal(knownValues(context, xml, ['interface', 'source'], attribute)[0]?.text ?? otherwise);
  return {
    target: freeTargets(xml)[0]?.text ?? 'vda',
    network: first('network', 'default'),
    bridge: first('bridge', 'br0'),
  };
}

/** Attributes that may be added to an element. */
export function attributeItems(
  request: CompletionRequest,
  { open, name, hasValue, spaced }: CursorAt<'attribute-name'>,
): readonly CompletionItem[] {
  const { xml, vocabulary, quote } = request;
  const element = elementOpenedAt(xml.document.root, open);
  if (element === undefined) return [];
  const place: XmlPlace = { root: xml.document.root, element, offset: name.start };
  const path = pathOf(element);
  const before = spaced ? '' : ' ';
  // The next attribute must not stick to the new one.
  const after = !hasValue && /[\w:]/.test(xml.text.charAt(name.end)) ? ' ' : '';
  return vocabulary.attributes(place).map((each, index) =>
    completionItem({
      label: each.name,
      kind: 'key',
      span: name,
      newText: before + each.name + (hasValue ? '' : `=${quote}$1${quote}$0${after}`),
      snippet: !hasValue,
      order: rank(each, index),
      detail: missingNote(each.required),
      documentation: documentationOf(path, each.name),
      continues: !hasValue,
    }),
  );
}

function documentationOf(path: readonly string[], attribute?: string): readonly Message[] {
  const found =
    attribute === undefined ? elementDocumentation(path) : attributeDocumentation(path, attribute);
  return found === undefined ? [] : documentationLines(found.documentation);
}
