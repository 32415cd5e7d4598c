import type { Span } from '../text/span.ts';
import { entry as entryOf } from '../yaml/tree.ts';
import type { YamlEntry, YamlNode, YamlScalar, YamlSequence } from '../yaml/tree.ts';
import { identityOf } from './bind.ts';
import type { FieldPath } from './descriptor.ts';
import type { AnyListField, Field } from './field-types.ts';

/** How far a path leads into a tree. */
export interface Reached {
  readonly node: YamlNode | undefined;
  /** The table's field at `node`, where the table knows it. */
  readonly field: Field | undefined;
  /** What stands for the last step in the text: a key, or the identity of a list item. */
  readonly name: YamlScalar | undefined;
  /** The mapping entry of the last step, when it was a key. */
  readonly entry: YamlEntry | undefined;
  /** Steps that are not in the tree. */
  readonly rest: FieldPath;
}

/** Follows keys, and identities of list items, as far as they are there. */
export function stepInto(
  root: YamlNode | undefined,
  table: Field | undefined,
  path: FieldPath,
): Reached {
  let reached: Reached = { node: root, field: table, name: undefined, entry: undefined, rest: [] };
  for (const [index, step] of path.entries()) {
    const next = oneStep(reached, step);
    if (next === undefined) return { ...reached, rest: path.slice(index) };
    reached = next;
  }
  return reached;
}

function oneStep({ node, field }: Reached, step: string): Reached | undefined {
  if (node?.kind === 'mapping') {
    const entry = entryOf(node, step);
    if (entry === undefined) return undefined;
    const next =
      field?.kind === 'object'
        ? field.fields[step]
        : field?.kind === 'map'
          ? field.value
          : undefined;
    return { node: entry.value, field: next, name: entry.key, entry, rest: [] };
  }
  if (node?.kind === 'sequence' && field?.kind === 'list') {
    const found = itemsByIdentity(node, field).get(step);
    if (found === undefined) return undefined;
    return { node: found.item, field: field.item, name: found.name, entry: undefined, rest: [] };
  }
  return undefined;
}

interface NamedItem {
  readonly name: YamlScalar;
  readonly item: YamlNode;
}

interface Index {
  readonly identity: string | undefined;
  readonly items: ReadonlyMap<string, NamedItem>;
}

/** Rules ask for each item of a list by its identity; a list is gone through once. */
const indexes = new WeakMap<YamlSequence, Index>();

/** The items of a list by their identity; of two with one identity the first. */
function itemsByIdentity(list: YamlSequence, field: AnyListField): Index['items'] {
  const { identity } = field;
  const known = indexes.get(list);
  if (known !== undefined && known.identity === identity) return known.items;
  const items = new Map<string, NamedItem>();
  for (const item of list.items) {
    const name = identityOf(field, item);
    if (name !== undefined && !items.has(name.source)) items.set(name.source, { name, item });
  }
  indexes.set(list, { identity, items });
  return items;
}

/**
 * The place of a path: a scalar's own range, for anything larger its key or identity; when the path
 * is not there, the nearest thing above it; at last the first line.
 */
export function spanAt(
  root: YamlNode | undefined,
  table: Field | undefined,
  path: FieldPath,
  text: string,
): Span {
  const reached = stepInto(root, table, path);
  if (reached.rest.length === 0 && reached.node?.kind === 'scalar') return reached.node.span;
  if (reached.name !== undefined) return reached.name.span;
  const end = text.indexOf('\n');
  return { start: 0, end: end < 0 ? text.length : end };
}
