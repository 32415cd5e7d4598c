import type { InventoryDescriptor } from '../descriptor/descriptor.ts';
import type { Domain } from '../domain/domain.ts';
import type { Located, Location } from '../text/span.ts';
import type { DomainXml, ParseCache } from './parse-cache.ts';
import { isUri } from './host-name.ts';
import { surroundingsOf } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';
import type { Workspace } from './workspace.ts';

export type NamedKind = 'host' | 'domain' | 'disk' | 'interface';

/** A place that names a host, a domain, a disk or an interface. */
export interface Occurrence extends Location {
  readonly kind: NamedKind;
  /** The name as it is meant, without quotes and entities. */
  readonly name: string;
  /** Two places that share a key name the same thing. */
  readonly keys: readonly string[];
  /** This place gives the thing its name: the inventory, the domain XML. */
  readonly defines: boolean;
  readonly language: 'yaml' | 'xml-text' | 'xml-attribute';
}

/** The documents that are looked through for names. */
export interface Documents {
  readonly workspace: Workspace;
  readonly cache: ParseCache;
  /** URIs of descriptors; what they link and refer to is looked through as well. */
  readonly descriptors: readonly string[];
}

/** Every place that names something, in descriptors and in the files that they refer to. */
export function allOccurrences({
  workspace,
  cache,
  descriptors,
}: Documents): readonly Occurrence[] {
  const found: Occurrence[] = [];
  const seen = new Set<string>();
  const once = (uri: string, add: () => readonly Occurrence[]): void => {
    if (seen.has(uri)) return;
    seen.add(uri);
    found.push(...add());
  };
  for (const uri of descriptors) {
    const text = workspace.read(uri);
    const descriptor = text === undefined ? undefined : cache.descriptor(uri, text);
    if (descriptor?.kind === 'HostInventory') once(uri, () => ofInventory(descriptor));
    if (descriptor?.kind !== 'Migration') continue;
    const around = surroundingsOf(descriptor, workspace, cache);
    once(uri, () => ofMigration(around));
    for (const inventory of around.inventories) once(inventory.uri, () => ofInventory(inventory));
    const { domainXml } = around;
    if (domainXml !== undefined) once(domainXml.uri, () => ofDomainXml(domainXml));
  }
  return found;
}

/** Places that name the same thing as one of them, this one included. */
export function sameThing(all: readonly Occurrence[], one: Occurrence): readonly Occurrence[] {
  const keys = new Set(one.keys);
  let found: readonly Occurrence[] = [];
  for (let before = -1; before < keys.size;) {
    before = keys.size;
    found = all.filter((each) => each.kind === one.kind && each.keys.some((key) => keys.has(key)));
    for (const { keys: more } of found) for (const key of more) keys.add(key);
  }
  return found;
}

export function ofMigration(around: Surroundings): readonly Occurrence[] {
  const { descriptor, hosts } = around;
  const { migration, uri } = descriptor;
  const found: Occurrence[] = [];
  const add = (
    kind: NamedKind,
    named: Located<string> | undefined,
    keys: readonly string[],
  ): void => {
    if (named === undefined) return;
    const { value: name, span } = named;
    found.push({ uri, span, kind, name, keys, defines: false, language: 'yaml' });
  };
  const hostKey = (name: string): string =>
    keyOf('host', hosts.find((host) => host.name === name)?.uri ?? '', name);
  for (const host of [migration.source, migration.destination]) {
    if (host !== undefined && !isUri(host.value)) add('host', host, [hostKey(host.value)]);
  }
  const domains = domainKeys(around, hostKey);
  add('domain', migration.domain, domains);
  for (const { target } of migration.storage?.disks?.items ?? []) {
    if (target !== undefined)
      add(
        'disk',
        target,
        domains.map((of) => keyOf('disk', of, target.value)),
      );
  }
  for (const { mac } of migration.networks?.items ?? []) {
    if (mac === undefined) continue;
    add(
      'interface',
      mac,
      domains.map((of) => keyOf('mac', of, mac.value.toLowerCase())),
    );
  }
  return found;
}

/** What tells the domain apart: its XML, where the file speaks of that domain, and its host. */
function domainKeys(
  { descriptor, domainXml }: Surroundings,
  hostKey: (name: string) => string,
): readonly string[] {
  const { domain, source } = descriptor.migration;
  if (domain === undefined) return [keyOf('file', descriptor.uri, '')];
  const xml = domainXml?.domain;
  const isMeant = xml?.name?.value === domain.value || xml?.uuid?.value === domain.value;
  return [
    ...(domainXml !== undefined && isMeant ? [keyOf('xml', domainXml.uri, '')] : []),
    ...(source === undefined ? [] : [keyOf('on', hostKey(source.value), domain.value)]),
    ...(source === undefined && !isMeant ? [keyOf('file', descriptor.uri, '')] : []),
  ];
}

export function ofInventory({ uri, inventory }: InventoryDescriptor): readonly Occurrence[] {
  const hosts = inventory.hosts?.items ?? [];
  const names = new Set(hosts.map((host) => host.name?.value));
  return hosts.flatMap(({ name, jumpHost }) => [
    ...(name === undefined ? [] : [inInventory(uri, name, true)]),
    ...(jumpHost !== undefined && names.has(jumpHost.value)
      ? [inInventory(uri, jumpHost, false)]
      : []),
  ]);
}

function inInventory(uri: string, { value, span }: Located<string>, defines: boolean): Occurrence {
  const keys = [keyOf('host', uri, value)];
  return { uri, span, kind: 'host', name: value, keys, defines, language: 'yaml' };
}

export function ofDomainXml({ uri, domain }: DomainXml): readonly Occurrence[] {
  return domain === undefined ? [] : ofDomain(uri, domain);
}

function ofDomain(uri: string, domain: Domain): readonly Occurrence[] {
  const xml = keyOf('xml', uri, '');
  const place = (
    kind: NamedKind,
    { value: name, span }: Located<string>,
    key: string,
  ): Occurrence => ({
    uri,
    span,
    kind,
    name,
    keys: [key],
    defines: true,
    language: kind === 'domain' ? 'xml-text' : 'xml-attribute',
  });
  return [
    ...(domain.name === undefined ? [] : [place('domain', domain.name, xml)]),
    ...domain.disks.map(({ target }) => place('disk', target, keyOf('disk', xml, target.value))),
    ...domain.interfaces.flatMap(({ mac }) =>
      mac === undefined
        ? []
        : [place('interface', mac, keyOf('mac', xml, mac.value.toLowerCase()))],
    ),
  ];
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
