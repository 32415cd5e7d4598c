import { indexLines } from '../text/lines.ts';
import type { Span } from '../text/span.ts';
import type { YamlMapping, YamlSequence } from '../yaml/tree.ts';
import type { TextEdit } from '../problems.ts';
import type { MigrationDescriptor, FieldPath } from './descriptor.ts';
import type { AnyListField, Field } from './field-types.ts';

type ScalarValue = string | number | boolean;
/** A value to write: a scalar, or keys with values (written in flow style). */
export type NewValue = ScalarValue | { readonly [key: string]: NewValue };

/**
 * The text edits that set a field of a migration to a value. Comments, order and style of the rest
 * stay as they are; missing parents are made, list items are found by their identity.
 */
export function setField(
  descriptor: MigrationDescriptor,
  path: FieldPath,
  value: NewValue,
): readonly TextEdit[] {
  const { text, uri } = descriptor;
  const reached = descriptor.reach(path);
  const place = (span: Span, newText: string): TextEdit[] => [{ uri, span, newText }];
  if (reached.rest.length === 0) {
    if (reached.node !== undefined) return place(reached.node.span, flow(value));
    const end = reached.entry?.span.end;
    return end === undefined
      ? []
      : place({ start: afterColon(text, end), end: afterColon(text, end) }, ` ${flow(value)}`);
  }
  const { node, rest } = reached;
  if (node?.kind === 'mapping')
    return place(...insertKey(text, node, { rest, field: reached.field, value }));
  if (node?.kind === 'sequence')
    return place(...insertItem(text, node, { rest, field: reached.field, value }));
  if (reached.entry !== undefined) {
    const at = afterColon(text, reached.entry.key.span.end);
    return place(
      { start: at, end: reached.entry.value?.span.end ?? at },
      ` ${flow(nested(rest, reached.field, value))}`,
    );
  }
  return [];
}

/** The text edits that remove a key or a list item with its line. */
export function removeField(descriptor: MigrationDescriptor, path: FieldPath): readonly TextEdit[] {
  const { text, uri } = descriptor;
  const reached = descriptor.reach(path);
  if (reached.rest.length > 0) return [];
  const parent = descriptor.reach(path.slice(0, -1));
  const span = reached.entry?.span ?? reached.node?.span;
  if (span === undefined || parent.node === undefined || parent.node.kind === 'scalar') return [];
  const siblings = parent.node.kind === 'mapping' ? parent.node.entries : parent.node.items;
  if (siblings.length === 1 && path.length > 1) return removeField(descriptor, path.slice(0, -1));
  return [
    { uri, span: parent.node.flow ? withComma(text, span) : wholeLines(text, span), newText: '' },
  ];
}

/** A value and the steps that are missing below the collection it goes into. */
interface Insertion {
  readonly rest: FieldPath;
  /** The table's field of the collection. */
  readonly field: Field | undefined;
  readonly value: NewValue;
}

function insertKey(
  text: string,
  mapping: YamlMapping,
  { rest, field, value }: Insertion,
): [Span, string] {
  const key = rest[0] ?? '';
  const inner = field?.kind === 'object' ? field.fields[key] : undefined;
  const written = `${key}: ${flow(nested(rest.slice(1), inner, value))}`;
  const last = mapping.entries.at(-1);
  if (mapping.flow || last === undefined) {
    const at = last?.span.end ?? mapping.span.start + 1;
    return [{ start: at, end: at }, last === undefined ? ` ${written} ` : `, ${written}`];
  }
  const first = mapping.entries[0] ?? last;
  const at = lineEnd(text, last.span.end);
  const indent = ' '.repeat(indexLines(text).position(first.key.span.start).character);
  return [{ start: at, end: at }, `${newline(text)}${indent}${written}`];
}

function insertItem(
  text: string,
  list: YamlSequence,
  { rest, field, value }: Insertion,
): [Span, string] {
  const item = flow(
    field?.kind === 'list' ? newItem(rest, field, value) : nested(rest, field, value),
  );
  const last = list.items.at(-1);
  if (list.flow || last === undefined) {
    const at = last?.span.end ?? list.span.start + 1;
    return [{ start: at, end: at }, last === undefined ? item : `, ${item}`];
  }
  const at = lineEnd(text, last.span.end);
  const dash = text.lastIndexOf('-', last.span.start);
  const indent = ' '.repeat(indexLines(text).position(dash < 0 ? last.span.start : dash).character);
  return [{ start: at, end: at }, `${newline(text)}${indent}- ${item}`];
}

interface TreeMapping {
  readonly [key: string]: Tree;
}
type Tree = ScalarValue | TreeMapping | readonly Tree[];

/** The value wrapped into the keys and list items that are still missing above it. */
function nested(rest: FieldPath, field: Field | undefined, value: NewValue): Tree {
  const [step, ...below] = rest;
  if (step === undefined) return value;
  if (field?.kind === 'list') return [newItem(rest, field, value)];
  const inner = field?.kind === 'object' ? field.fields[step] : undefined;
  return { [step]: nested(below, inner, value) };
}

/** A new list item: its identity, which the path names, and what is set below it. */
function newItem([identity = '', ...below]: FieldPath, list: AnyListField, value: NewValue): Tree {
  const content = nested(below, list.item, value);
  if (list.identity === undefined || !isMapping(content)) return content;
  return { [list.identity]: identity, ...content };
}

function isMapping(tree: Tree): tree is TreeMapping {
  return typeof tree === 'object' && !isList(tree);
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

function flow(value: Tree): string {
  if (isList(value)) return `[${value.map(flow).join(', ')}]`;
  if (isMapping(value)) {
    const members = Object.entries(value).map(([key, item]) => `${key}: ${flow(item)}`);
    return `{ ${members.join(', ')} }`;
  }
  return typeof value === 'string' ? plainOrQuoted(value) : String(value);
}

/** Plain where YAML 1.2 reads the same string back in any context, else double-quoted. */
function plainOrQuoted(value: string): string {
  const plain =
    /^[A-Za-z_./][A-Za-z0-9_./+@-]*$/.test(value) || /^\d+(\.\d+)?[A-Za-z][A-Za-z/]*$/.test(value);
  const reserved =
    /^(true|false|null|~|yes|no|on|off|\.inf|\.nan)$/i.test(value) || /^\d+e\d+$/i.test(value);
  return plain && !reserved ? value : JSON.stringify(value);
}

function afterColon(text: string, from: number): number {
  const colon = text.indexOf(':', from);
  return colon < 0 ? from : colon + 1;
}

/** The end of the line that holds the offset, so that a comment behind it stays in its line. */
function lineEnd(text: string, offset: number): number {
  const match = /\r?\n/g;
  match.lastIndex = offset;
  return match.exec(text)?.index ?? text.length;
}

function newline(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function wholeLines(text: string, span: Span): Span {
  const start = text.lastIndexOf('\n', span.start - 1) + 1;
  const end = lineEnd(text, span.end);
  return { start, end: Math.min(text.length, end + (text.startsWith('\r\n', end) ? 2 : 1)) };
}

function withComma(text: string, span: Span): Span {
  const after = /^\s*,\s*/.exec(text.slice(span.end));
  if (after !== null) return { start: span.start, end: span.end + after[0].length };
  const before = /,\s*$/.exec(text.slice(0, span.start));
  return before === null ? span : { start: span.start - before[0].length, end: span.end };
}

/** A repair of the descriptor by path, or ready text edits (see `FixSpec` of the rules). */
export type DescriptorEdit =
  | { readonly set: readonly [FieldPath, NewValue] }
  | { readonly remove: FieldPath }
  | { readonly edits: readonly TextEdit[] };

/** The text edits of a repair; empty when it does not apply to this text. */
export function editDescriptor(
  descriptor: MigrationDescriptor,
  edit: DescriptorEdit,
): readonly TextEdit[] {
  if ('set' in edit) return setField(descriptor, ...edit.set);
  if ('remove' in edit) return removeField(descriptor, edit.remove);
  return edit.edits;
}
