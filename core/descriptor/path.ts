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

interface NamedItem {
  readonly name: YamlScalar;
  readonly item: YamlNode;
}

type Index = ReadonlyMap<string, NamedItem>;

/** Paths into one tree, held against one table of fields. */
export class Paths {
  private readonly root: YamlNode | undefined;
  private readonly table: Field | undefined;
  /** Rules ask for each item of a list by its identity; a list is gone through once. */
  private readonly indexes = new Map<YamlSequence, Index>();

  constructor(root: YamlNode | undefined, table: Field | undefined) {
    this.root = root;
    this.table = table;
  }

  /** Follows keys, and identities of list items, as far as they are there. */
  reach(path: FieldPath): Reached {
    let reached: Reached = {
      node: this.root,
      field: this.table,
      name: undefined,
      entry: undefined,
      rest: [],
    };
    for (const [index, step] of path.entries()) {
      const next = this.step(reached, step);
      if (next === undefined) return { ...reached, rest: path.slice(index) };
      reached = next;
    }
    return reached;
  }

  /**
   * The place of a path: a scalar's own range, for anything larger its key or identity; when the
   * path is not there, the nearest thing above it; at last the first line of the text.
   */
  spanOf(path: FieldPath, text: string): Span {
    const reached = this.reach(path);
    if (reached.rest.length === 0 && reached.node?.kind === 'scalar') return reached.node.span;
    if (reached.name !== undefined) return reached.name.span;
    const end = text.indexOf('\n');
    return { start: 0, end: end < 0 ? text.length : end };
  }

  private step({ node, field }: Reached, step: string): Reached | undefined {
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
      const found = this.itemsOf(node, field).get(step);
      if (found === undefined) return undefined;
      return { node: found.item, field: field.item, name: found.name, entry: undefined, rest: [] };
    }
    return undefined;
  }

  /** The items of a list by their identity; of two with one identity the first. */
  private itemsOf(list: YamlSequence, field: AnyListField): Index {
    const known = this.indexes.get(list);
    if (known !== undefined) return known;
    const items = new Map<string, NamedItem>();
    for (const item of list.items) {
      const name = identityOf(field, item);
      if (name !== undefined && !items.has(name.source)) items.set(name.source, { name, item });
    }
    this.indexes.set(list, items);
    return items;
  }
}
