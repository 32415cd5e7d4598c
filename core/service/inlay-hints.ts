import type { Field } from '../descriptor/field-types.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Span } from '../text/span.ts';
import { exactSize, formatDuration, parseQuantity } from '../units/quantity.ts';
import { entry } from '../yaml/tree.ts';
import type { YamlNode } from '../yaml/tree.ts';
import { documentOf, migrationOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { hintFor } from './conversions.ts';
import { diskCard, diskOf, sourceImage } from './disk-facts.ts';
import { fieldAt, tableFor } from './field-table.ts';
import { forecastHint } from './forecast-hint.ts';
import { hostCard } from './host-card.ts';

export interface InlayHint {
  readonly offset: number;
  /** A text is shown as it is. */
  readonly label: string | Message;
  /** What stands behind it, a sentence each. */
  readonly tooltip: readonly Message[];
}

/**
 * Notes behind values: quantities in a second unit, sizes of images, the age of what hosts said, and
 * the forecast beside the number that it depends on.
 */
export function inlayHints(context: ServiceContext, range: Span): readonly InlayHint[] {
  const document = documentOf(context);
  if (document?.kind !== 'descriptor') return [];
  const { tree } = context.cache.descriptor(context.uri, document.text);
  const kind = entry(tree.root, 'kind')?.value;
  const table = tableFor(kind?.kind === 'scalar' ? kind.source : undefined);
  const hints = [...quantityHints(tree.root, table, range), ...factHints(context)];
  return hints
    .filter(({ offset }) => range.start <= offset && offset <= range.end)
    .sort((a, b) => a.offset - b.offset);
}

function quantityHints(
  root: YamlNode | undefined,
  table: Field,
  range: Span,
): readonly InlayHint[] {
  const hints: InlayHint[] = [];
  const visit = (node: YamlNode | undefined, field: Field | undefined): void => {
    if (node === undefined || field === undefined) return;
    if (node.span.end < range.start || range.end < node.span.start) return;
    if (node.kind === 'scalar') {
      const label = quantityHint(node.source, field);
      if (label !== undefined) hints.push({ offset: node.span.end, label, tooltip: [] });
    } else if (node.kind === 'sequence') {
      node.items.forEach((item, index) => {
        visit(item, fieldAt(field, [index]));
      });
    } else {
      for (const { key, value } of node.entries) visit(value, fieldAt(field, [key.source]));
    }
  };
  visit(root, table);
  return hints;
}

/** What hosts said, and what follows from it. */
function factHints(context: ServiceContext): readonly InlayHint[] {
  const around = migrationOf(context);
  if (around === undefined) return [];
  const { storage, source, destination } = around.descriptor.migration;
  const now = context.workspace.now();
  const hints: InlayHint[] = [];
  for (const host of [source, destination]) {
    const hosts = around.snapshot?.hosts ?? {};
    const said =
      host !== undefined && Object.hasOwn(hosts, host.value) ? hosts[host.value] : undefined;
    if (host === undefined || said === undefined || now === undefined) continue;
    const age = formatDuration(1000 * Math.max(0, Math.round((now - said.at) / 1000)));
    hints.push({
      offset: host.span.end,
      label: say('asked {0} ago', age),
      tooltip: hostCard(around, host.value),
    });
  }
  for (const { target } of storage?.disks?.items ?? []) {
    const disk = target === undefined ? undefined : diskOf(around, target.value);
    const size = disk === undefined ? undefined : sourceImage(around, disk)?.virtualSize;
    if (target === undefined || disk === undefined || size === undefined) continue;
    const tooltip = diskCard(around, disk);
    hints.push({ offset: target.span.end, label: exactSize(size), tooltip });
  }
  const forecast = forecastHint(around, now);
  if (forecast !== undefined) {
    hints.push({ offset: forecast.span.end, label: forecast.label, tooltip: forecast.lines });
  }
  return hints;
}

function quantityHint(source: string, field: Field): string | undefined {
  if (field.kind !== 'quantity') return undefined;
  const result = parseQuantity(source, field.dimension);
  return result.ok ? hintFor(result.quantity) : undefined;
}
