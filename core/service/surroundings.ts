import type { InventoryDescriptor, MigrationDescriptor } from '../descriptor/descriptor.ts';
import type { InventoryHost } from '../descriptor/model.ts';
import type { MigrationFacts } from '../facts/keys.ts';
import type { FactsSnapshot } from '../facts/snapshot.ts';
import type { DomainXml, ParseCache } from './parse-cache.ts';
import type { Workspace } from './workspace.ts';

/** A host of an inventory, and the document that lists it. */
export interface ListedHost {
  readonly name: string;
  readonly host: InventoryHost;
  readonly uri: string;
}

/** What a migration descriptor refers to, read as far as it is there. */
export interface Surroundings {
  readonly descriptor: MigrationDescriptor;
  /** URI of the `domainXml` file, whether or not it exists. */
  readonly domainXmlUri: string | undefined;
  /** The `domainXml` file; undefined when the key or the file is absent. */
  readonly domainXml: DomainXml | undefined;
  /** The inventories that apply, nearest first. */
  readonly inventories: readonly InventoryDescriptor[];
  /** Hosts of these inventories; of two with one name the nearer counts. */
  readonly hosts: readonly ListedHost[];
  /** Facts with the file's XML preferred, so that findings stand on lines the user can edit. */
  readonly facts: MigrationFacts;
  readonly snapshot: FactsSnapshot | undefined;
}

/** Reads everything a migration refers to. */
export function surroundingsOf(
  descriptor: MigrationDescriptor,
  workspace: Workspace,
  cache: ParseCache,
): Surroundings {
  const { uri: domainXmlUri, xml: domainXml } = linkedDomainXml(descriptor, workspace, cache);
  const inventories = readInventories(descriptor.uri, workspace, cache);
  const snapshot = workspace.facts();
  const domain = domainXml?.domain;
  const facts = cache.facts({ descriptor, domain, snapshot, prefer: 'file' });
  return {
    descriptor,
    domainXmlUri,
    domainXml,
    inventories,
    hosts: listedHosts(inventories),
    facts,
    snapshot,
  };
}

/** The `domainXml` file of a descriptor: where it is, and what it says when it is there. */
export function linkedDomainXml(
  descriptor: MigrationDescriptor,
  workspace: Workspace,
  cache: ParseCache,
): { readonly uri: string | undefined; readonly xml: DomainXml | undefined } {
  const path = descriptor.migration.domainXml?.value;
  const uri = path === undefined ? undefined : workspace.resolve(descriptor.uri, path);
  const text = uri === undefined ? undefined : workspace.read(uri);
  const xml = uri === undefined || text === undefined ? undefined : cache.domainXml(uri, text);
  return { uri, xml };
}

/** The inventories that apply to a document, nearest first. */
export function readInventories(
  uri: string,
  workspace: Workspace,
  cache: ParseCache,
): readonly InventoryDescriptor[] {
  return workspace.inventories(uri).flatMap((inventoryUri) => {
    const text = workspace.read(inventoryUri);
    const inventory = text === undefined ? undefined : cache.descriptor(inventoryUri, text);
    return inventory?.kind === 'HostInventory' ? [inventory] : [];
  });
}

/** The hosts that inventories list, nearest inventory first, each name once. */
export function listedHosts(inventories: readonly InventoryDescriptor[]): readonly ListedHost[] {
  const hosts = new Map<string, ListedHost>();
  for (const { uri, inventory } of inventories) {
    for (const host of inventory.hosts?.items ?? []) {
      const name = host.name?.value;
      if (name !== undefined && !hosts.has(name)) hosts.set(name, { name, host, uri });
    }
  }
  return [...hosts.values()];
}
