import type { Span } from '../text/span.ts';
import type { YamlEntry, YamlNode, YamlScalar } from '../yaml/tree.ts';
import { identityOf } from './bind.ts';
import type { FieldPath } from './descriptor.ts';
import type { Field } from './field-types.ts';

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
    const entry = node.entries.find((candidate) => candidate.key.source === step);
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
    for (const item of node.items) {
      const identity = identityOf(field, item);
      if (identity?.source === step)
        return { node: item, field: field.item, name: identity, entry: undefined, rest: [] };
    }
  }
  return undefined;
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
