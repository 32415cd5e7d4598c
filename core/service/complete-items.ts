import type { AnyListField, Field } from '../descriptor/field-types.ts';
import { migrationFields } from '../descriptor/fields.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import { exactSize } from '../units/quantity.ts';
import { literal } from './completion-item.ts';
import type { CompletionItem, CompletionPlace } from './completion-item.ts';
import { diskCard, domainOf, sourceImage, usualAction } from './disk-facts.ts';
import type { Disk } from '../domain/domain.ts';
import { tableFor } from './field-table.ts';
import { fieldAt } from './field-table.ts';

/**
 * Whole list items: where an item is due, every disk and interface of the domain that is not listed
 * yet is offered as a complete entry.
 */
export function itemCompletions(place: CompletionPlace): readonly CompletionItem[] {
  const target = listAtCursor(place);
  if (target === undefined) return [];
  const { list, dash } = target;
  const items =
    list === disksField ? diskItems(place) : list === networksField ? macItems(place) : [];
  const entries = items.map((item, index) => toItem(place, item, dash, index));
  const all = list === disksField || list === networksField ? allItems(place, items, dash) : [];
  return dash === ''
    ? [...entries, ...all]
    : [...entries, ...all, emptyItem(place, list, dash, entries.length + all.length)];
}

const disksField: Field = migrationFields.fields.storage.fields.disks;
const networksField: Field = migrationFields.fields.networks;

/** The list that the cursor stands in, and the dash that still has to be written. */
function listAtCursor({
  cursor,
  field,
}: CompletionPlace): { list: AnyListField; dash: string } | undefined {
  if (field.kind === 'list') return cursor.flow ? undefined : { list: field, dash: '- ' };
  const isNewItem = typeof cursor.path.at(-1) === 'number' && cursor.scopes.at(-1)?.size === 0;
  if (!isNewItem || cursor.flow) return undefined;
  const parent = fieldAt(tableFor(cursor.scopes[0]?.get('kind')), cursor.path.slice(0, -1));
  return parent?.kind === 'list' ? { list: parent, dash: '' } : undefined;
}

interface NewItem {
  readonly label: string;
  /** Lines of `key: value` in snippet syntax. */
  readonly lines: readonly string[];
  readonly detail: string | undefined;
  readonly documentation: readonly Message[];
}

function diskItems({ around }: CompletionPlace): readonly NewItem[] {
  if (around === undefined) return [];
  const listed = new Set(
    around.descriptor.migration.storage?.disks?.items.flatMap((item) => item.target?.value ?? []),
  );
  return (domainOf(around)?.disks ?? [])
    .filter((disk) => !listed.has(disk.target.value))
    .map((disk) => ({
      label: disk.target.value,
      lines: [`target: ${literal(disk.target.value)}`, ...diskLines(around, disk)],
      detail: `${usualAction(disk)} ${disk.source?.value ?? ''}`,
      documentation: diskCard(around, disk),
    }));
}

/** A copied disk needs an image of the same size and format; both are written when known. */
function diskLines(around: Parameters<typeof diskCard>[0], disk: Disk): readonly string[] {
  const action = usualAction(disk);
  const lines = [`action: ${action}`];
  const path = disk.source?.value;
  if (action !== 'copy' || path === undefined) return lines;
  const image = sourceImage(around, disk);
  const format = image?.format ?? disk.format?.value;
  lines.push('destination:', `  path: \${1:${literal(yamlText(path))}}`);
  if (format !== undefined) lines.push(`  format: ${literal(format)}`);
  if (image?.virtualSize !== undefined) {
    lines.push(`  size: ${exactSize(image.virtualSize)}`, '  create: ${2:true}');
  }
  return lines;
}

function macItems({ around }: CompletionPlace): readonly NewItem[] {
  if (around === undefined) return [];
  const listed = new Set(
    around.descriptor.migration.networks?.items.flatMap(
      (item) => item.mac?.value.toLowerCase() ?? [],
    ),
  );
  return (domainOf(around)?.interfaces ?? []).flatMap((each): NewItem[] => {
    const mac = each.mac?.value;
    if (mac === undefined || listed.has(mac.toLowerCase())) return [];
    return [
      {
        label: mac,
        lines: [`mac: "${literal(mac)}"`, 'segment: $1'],
        detail: `${each.type.value} ${each.source?.value ?? ''}`,
        documentation: [],
      },
    ];
  });
}

function toItem(
  place: CompletionPlace,
  item: NewItem,
  dash: string,
  index: number,
): CompletionItem {
  const indent = ' '.repeat(dash.length);
  return {
    label: `${dash}${item.label}`,
    kind: 'item',
    span: place.cursor.span,
    newText: dash + item.lines.join(`${place.newline}${indent}`),
    snippet: true,
    order: `0${String(index).padStart(3, '0')}`,
    preselect: index === 0,
    detail: item.detail,
    documentation: item.documentation,
    continues: false,
  };
}

/** One item that writes all of them; offered where there are several. */
function allItems(
  place: CompletionPlace,
  items: readonly NewItem[],
  dash: string,
): readonly CompletionItem[] {
  if (items.length < 2) return [];
  // Behind a dash that is there already, the further ones stand two columns to its left.
  const newline = dash === '' ? place.newline.slice(0, -2) : place.newline;
  const texts = items.map(({ lines }) => lines.map(withoutStops).join(`${newline}  `));
  const whole: NewItem = {
    label: items.map(({ label }) => label).join(', '),
    lines: [],
    detail: undefined,
    documentation: items.flatMap(({ documentation }) => documentation.slice(0, 2)),
  };
  return [
    {
      ...toItem(place, whole, dash, items.length),
      newText: dash + texts.join(`${newline}- `),
      detail: say('all that are missing'),
      preselect: false,
    },
  ];
}

/** Many items have too many places to fill in: placeholders leave their default, stops nothing. */
function withoutStops(snippet: string): string {
  return snippet.replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1').replace(/\$\d+/g, '');
}

function emptyItem(
  place: CompletionPlace,
  list: AnyListField,
  dash: string,
  index: number,
): CompletionItem {
  const key = list.identity;
  const label = key === undefined ? dash : `${dash}${key}`;
  return {
    ...toItem(
      place,
      {
        label: key ?? '',
        lines: [key === undefined ? '$1' : `${key}: $1`],
        detail: undefined,
        documentation: [list.item.doc],
      },
      dash,
      index,
    ),
    label,
    continues: true,
  };
}

/** Plain where YAML reads the text back as it is, else quoted. */
export function yamlText(text: string): string {
  return /^[A-Za-z_./][\w./+@-]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
