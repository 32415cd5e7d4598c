import type { Field } from '../descriptor/field-types.ts';
import { migrationFields } from '../descriptor/fields.ts';
import { inventoryFields } from '../descriptor/inventory-fields.ts';
import type { YamlNode } from '../yaml/tree.ts';
import type { YamlPath } from './yaml-cursor.ts';

/** The table of fields for a file's `kind`; a file that does not say yet is a migration. */
export function tableFor(kind: string | undefined): Field {
  return kind === 'HostInventory' ? inventoryFields : migrationFields;
}

/** What the table says about the value at a path; undefined where it knows nothing. */
export function fieldAt(table: Field, path: YamlPath): Field | undefined {
  let field: Field | undefined = table;
  for (const step of path) {
    field = field === undefined ? undefined : below(field, step);
  }
  return field;
}

function below(field: Field, step: string | number): Field | undefined {
  if (field.kind === 'list') return typeof step === 'number' ? field.item : undefined;
  if (typeof step === 'number') return undefined;
  if (field.kind === 'map') return field.value;
  if (field.kind !== 'object' || !Object.hasOwn(field.fields, step)) return undefined;
  return field.fields[step];
}

/** A place in a parsed tree: on a key, or on a value. */
export interface TreePlace {
  readonly on: 'key' | 'value';
  /** Path of the key's value, or of the value itself. */
  readonly path: YamlPath;
  readonly node: YamlNode;
  /** The nodes on the way, outermost first. */
  readonly ancestors: readonly YamlNode[];
}

/** The innermost key or scalar at an offset. */
export function placeAt(root: YamlNode | undefined, offset: number): TreePlace | undefined {
  const path: (string | number)[] = [];
  const ancestors: YamlNode[] = [];
  let node = root;
  while (node !== undefined && node.span.start <= offset && offset <= node.span.end) {
    if (node.kind === 'scalar') return { on: 'value', path, node, ancestors };
    ancestors.push(node);
    if (node.kind === 'sequence') {
      const index: number = node.items.findIndex((item) => holds(item, offset));
      if (index < 0) return undefined;
      path.push(index);
      node = node.items[index];
      continue;
    }
    const entry = node.entries.find((each) => each.span.start <= offset && offset <= each.span.end);
    if (entry === undefined) return undefined;
    path.push(entry.key.source);
    if (holds(entry.key, offset)) return { on: 'key', path, node: entry.key, ancestors };
    node = entry.value;
  }
  return undefined;
}

function holds(node: YamlNode, offset: number): boolean {
  return node.span.start <= offset && offset <= node.span.end;
}
