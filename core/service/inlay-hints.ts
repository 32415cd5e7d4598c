import type { Field } from '../descriptor/field-types.ts';
import type { Span } from '../text/span.ts';
import { parseQuantity } from '../units/quantity.ts';
import { entry } from '../yaml/tree.ts';
import type { YamlNode } from '../yaml/tree.ts';
import { documentOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { hintFor } from './conversions.ts';
import { fieldAt, tableFor } from './field-table.ts';

export interface InlayHint {
  readonly offset: number;
  readonly label: string;
}

/** Quantities in a second unit, behind the first. */
export function inlayHints(context: ServiceContext, range: Span): readonly InlayHint[] {
  const document = documentOf(context);
  if (document?.kind !== 'descriptor') return [];
  const { tree } = context.cache.descriptor(context.uri, document.text);
  const kind = entry(tree.root, 'kind')?.value;
  const hints: InlayHint[] = [];
  const visit = (node: YamlNode | undefined, field: Field | undefined): void => {
    if (node === undefined || field === undefined) return;
    if (node.span.end < range.start || range.end < node.span.start) return;
    if (node.kind === 'scalar') {
      const label = quantityHint(node.source, field);
      if (label !== undefined) hints.push({ offset: node.span.end, label });
    } else if (node.kind === 'sequence') {
      node.items.forEach((item, index) => {
        visit(item, fieldAt(field, [index]));
      });
    } else {
      for (const { key, value } of node.entries) visit(value, fieldAt(field, [key.source]));
    }
  };
  visit(tree.root, tableFor(kind?.kind === 'scalar' ? kind.source : undefined));
  return hints;
}

function quantityHint(source: string, field: Field): string | undefined {
  if (field.kind !== 'quantity') return undefined;
  const result = parseQuantity(source, field.dimension);
  return result.ok ? hintFor(result.quantity) : undefined;
}
