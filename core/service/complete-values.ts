import type { QuantityField, TextField } from '../descriptor/field-types.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import { exactSize, formatSize, parseQuantity } from '../units/quantity.ts';
import type { Dimension } from '../units/quantity.ts';
import { yamlText } from './complete-items.ts';
import type { CompletionItem, CompletionKind, CompletionPlace } from './completion-item.ts';
import { otherWritings } from './conversions.ts';
import { diskCard, diskOf, domainOf, sourceImage } from './disk-facts.ts';
import { isUri } from './host-name.ts';

interface Proposal {
  readonly text: string;
  readonly kind?: CompletionKind;
  readonly detail?: Message | string | undefined;
  readonly documentation?: readonly Message[];
  /** What is meant when nothing is chosen. */
  readonly preferred?: boolean;
}

/** Values that the field at the cursor can take. */
export function valueCompletions(place: CompletionPlace): readonly CompletionItem[] {
  const { cursor } = place;
  return proposals(place).map((proposal, index) => ({
    label: proposal.text,
    kind: proposal.kind ?? 'value',
    span: cursor.span,
    newText: (cursor.spaceNeeded ? ' ' : '') + proposal.text,
    snippet: false,
    order: String(index).padStart(4, '0'),
    preselect: proposal.preferred === true,
    detail: proposal.detail,
    documentation: proposal.documentation ?? [],
    continues: false,
  }));
}

function proposals(place: CompletionPlace): readonly Proposal[] {
  const { field } = place;
  switch (field.kind) {
    case 'enum':
      return Object.entries(field.values).map(([text, doc]) => ({
        text,
        documentation: [doc],
        preferred: text === field.default,
      }));
    case 'boolean':
      return ['true', 'false'].map((text) => ({
        text,
        documentation: [field.doc],
        preferred: text === field.default,
      }));
    case 'object':
      return field.switchable
        ? [
            { text: 'true', documentation: [say('With all defaults.')] },
            { text: 'false', documentation: [say('As if the key were absent.')] },
          ]
        : [];
    case 'integer':
      return unique([field.default, field.example, String(field.min)])
        .filter((text) => /^\d+$/.test(text))
        .map((text) => ({ text, documentation: [field.doc] }));
    case 'quantity':
      return quantities(place, field);
    case 'text':
      return texts(place, field);
    case 'scalar':
    case 'list':
    case 'map':
      return [];
  }
}

const units: Readonly<Record<Dimension, readonly string[]>> = {
  rate: ['MiB/s', 'GiB/s', 'Mbit/s', 'Gbit/s'],
  size: ['GiB', 'MiB', 'TiB'],
  duration: ['ms', 's', 'm', 'h'],
};

const common: Readonly<Record<Dimension, readonly string[]>> = {
  rate: ['100MiB/s', '500MiB/s', '1GiB/s', '1Gbit/s', '10Gbit/s'],
  size: ['10GiB', '20GiB', '64MiB'],
  duration: ['300ms', '500ms', '1s', '10m', '30m'],
};

/** A number that is typed gets its units; nothing typed gets common values, the known one first. */
function quantities(place: CompletionPlace, field: QuantityField): readonly Proposal[] {
  const typed = /^\d+(\.\d+)?/.exec(typedText(place))?.[0];
  const texts =
    typed === undefined
      ? unique([knownSize(place), field.example, field.default, ...common[field.dimension]])
      : units[field.dimension].map((unit) => `${typed}${unit}`);
  return texts.flatMap((text): Proposal[] => {
    const result = parseQuantity(text, field.dimension);
    if (!result.ok) return [];
    const { amount } = result.quantity;
    if (amount < (field.min ?? 0) || amount > (field.max ?? Infinity)) return [];
    return [
      {
        text,
        detail: `= ${otherWritings(result.quantity).join(' = ')}`,
        documentation: [field.doc],
        preferred: text === field.default,
      },
    ];
  });
}

/** The size of the source image, for `destination.size` of a disk. */
function knownSize({ around, cursor }: CompletionPlace): string | undefined {
  const disk =
    around === undefined ? undefined : diskOf(around, cursor.scopes.at(-2)?.get('target'));
  if (around === undefined || disk === undefined || cursor.path.at(-1) !== 'size') return undefined;
  const size = sourceImage(around, disk)?.virtualSize;
  return size === undefined ? undefined : exactSize(size);
}

function texts(place: CompletionPlace, field: TextField): readonly Proposal[] {
  const proposed = namedTexts(place, field);
  if (proposed.length > 0) return proposed;
  return field.example === undefined
    ? []
    : [{ text: field.example, detail: say('example'), documentation: [field.doc] }];
}

function namedTexts(place: CompletionPlace, field: TextField): readonly Proposal[] {
  const { around, context } = place;
  switch (field.names) {
    case 'host':
      return hostNames(place);
    case 'domain':
      return domainNames(place);
    case 'disk-target': {
      if (around === undefined) return [];
      const listed = new Set(
        around.descriptor.migration.storage?.disks?.items.flatMap(
          (item) => item.target?.value ?? [],
        ),
      );
      return (domainOf(around)?.disks ?? [])
        .filter((disk) => !listed.has(disk.target.value))
        .map((disk) => ({
          text: disk.target.value,
          kind: 'disk',
          detail: disk.source?.value ?? disk.device.value,
          documentation: diskCard(around, disk),
        }));
    }
    case 'path':
      return destinationPaths(place);
    case 'file':
      return xmlFiles(place);
    case 'mac': {
      const listed = new Set(
        around?.descriptor.migration.networks?.items.flatMap(
          ({ mac }) => mac?.value.toLowerCase() ?? [],
        ),
      );
      return (around === undefined ? [] : (domainOf(around)?.interfaces ?? [])).flatMap((each) =>
        each.mac === undefined || listed.has(each.mac.value.toLowerCase())
          ? []
          : [{ text: `"${each.mac.value}"`, detail: each.source?.value ?? each.type.value }],
      );
    }
    case 'uri': {
      const destination = around?.hosts.find(
        (host) => host.name === around.descriptor.migration.destination?.value,
      );
      const address = destination?.host.migrationAddress?.value;
      return address === undefined || context.uri === ''
        ? []
        : [
            {
              text: `tcp://${address}`,
              detail: say('migration address of {0}', destination?.name ?? ''),
            },
          ];
    }
    default:
      return [];
  }
}

/** The path of the source, and its file name in each storage pool of the destination. */
function destinationPaths({ around, cursor }: CompletionPlace): readonly Proposal[] {
  const disk =
    around === undefined ? undefined : diskOf(around, cursor.scopes.at(-2)?.get('target'));
  const path = disk?.source?.value;
  if (around === undefined || path === undefined) return [];
  const file = path.slice(path.lastIndexOf('/') + 1);
  const said = around.facts['destination.pools'];
  const pools = said.known ? said.value.filter(({ active }) => active) : [];
  return [
    { text: yamlText(path), detail: say('as on the source') },
    ...pools.flatMap((pool): Proposal[] => {
      if (pool.path === undefined || `${pool.path}/${file}` === path) return [];
      const free = pool.available === undefined ? '–' : formatSize(pool.available);
      return [
        {
          text: yamlText(`${pool.path}/${file}`),
          detail: say('pool {0}, {1} free', pool.name, free),
        },
      ];
    }),
  ];
}

/** Domain XML in the folder of the file, that of the domain first. */
function xmlFiles({ context, cursor }: CompletionPlace): readonly Proposal[] {
  const domain = cursor.scopes[0]?.get('domain') ?? '';
  const own = `${domain}.domain.xml`;
  const names = (context.workspace.beside?.(context.uri) ?? []).filter((name) =>
    name.endsWith('.xml'),
  );
  const first = domain === '' ? [] : [own];
  return [...new Set([...first, ...names.toSorted()])].map((name) => ({
    text: yamlText(`./${name}`),
  }));
}

/** Other hosts of an inventory, for the `jumpHost` of one. */
function hostsOfInventory({ context, cursor }: CompletionPlace): readonly Proposal[] {
  const text = context.workspace.read(context.uri) ?? '';
  const descriptor = context.cache.descriptor(context.uri, text);
  if (descriptor.kind !== 'HostInventory') return [];
  const own = cursor.scopes.at(-1)?.get('name');
  return (descriptor.inventory.hosts?.items ?? []).flatMap(({ name, uri }): Proposal[] =>
    name === undefined || name.value === own
      ? []
      : [{ text: yamlText(name.value), kind: 'host', detail: uri?.value ?? '' }],
  );
}

/** Hosts of the inventory and hosts that facts are known of; never the other end of the move. */
function hostNames(place: CompletionPlace): readonly Proposal[] {
  const { around, context, cursor } = place;
  if (cursor.path.at(-1) === 'jumpHost') return hostsOfInventory(place);
  const other = cursor.path.at(-1) === 'destination' ? 'source' : 'destination';
  const taken = cursor.scopes[0]?.get(other);
  const inventory = (around?.hosts ?? []).map(({ name, host }) => ({
    text: yamlText(name),
    detail: host.uri?.value ?? host.address?.value ?? '',
  }));
  const asked = Object.keys(context.workspace.facts()?.hosts ?? {})
    .filter((name) => !isUri(name) && !inventory.some((host) => host.text === yamlText(name)))
    .map((name) => ({ text: yamlText(name), detail: undefined }));
  return [...inventory, ...asked]
    .filter((host) => host.text !== taken)
    .map((host) => ({ ...host, kind: 'host' }));
}

function domainNames({ around, context, cursor }: CompletionPlace): readonly Proposal[] {
  const hosts = Object.values(context.workspace.facts()?.hosts ?? {});
  const source = cursor.scopes[0]?.get('source');
  const onSource = hosts.filter((host) => host.name === source);
  const named = (onSource.length > 0 ? onSource : hosts).flatMap((host) =>
    host.domains.ok
      ? host.domains.value.map((domain): Proposal => ({
          text: yamlText(domain.name),
          kind: 'domain',
          detail: say('{0} on {1}', domain.state, host.name),
        }))
      : [],
  );
  const inFile = around?.domainXml?.domain?.name?.value;
  const known = named.some((each) => inFile !== undefined && each.text === yamlText(inFile));
  return inFile === undefined || known
    ? named
    : [{ text: yamlText(inFile), kind: 'domain' }, ...named];
}

function typedText({ context, cursor }: CompletionPlace): string {
  const text = context.workspace.read(context.uri) ?? '';
  return text.slice(cursor.span.start, cursor.span.end);
}

function unique(texts: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== undefined))];
}
