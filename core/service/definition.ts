import type { Location, Span } from '../text/span.ts';
import type { Located } from '../text/span.ts';
import { contains } from '../text/span.ts';
import { documentOf, domainXmlOf, migrationOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { diskOf, domainOf } from './disk-facts.ts';
import { definitionInDomain } from './domain-xml/references.ts';
import { ofInventory } from './occurrences.ts';
import type { Surroundings } from './surroundings.ts';

export interface Definition {
  /** The word that was asked about. */
  readonly origin: Span;
  readonly target: Location;
}

/** Where the thing named at an offset of a descriptor is described. */
export function definition(context: ServiceContext, offset: number): readonly Definition[] {
  const around = migrationOf(context);
  if (around === undefined) {
    return [...inInventory(context, offset), ...inDomainXml(context, offset)];
  }
  return links(around)
    .filter(({ origin }) => contains(origin, offset))
    .slice(0, 1);
}

/** Where the alias, the I/O thread or the NUMA cell that a place in domain XML names is described. */
function inDomainXml(context: ServiceContext, offset: number): readonly Definition[] {
  const xml = domainXmlOf(context);
  const found = xml === undefined ? undefined : definitionInDomain(xml, offset);
  return found === undefined
    ? []
    : [{ origin: found.origin, target: { uri: context.uri, span: found.target } }];
}

/** The host that the `jumpHost` of an inventory names. */
function inInventory(context: ServiceContext, offset: number): readonly Definition[] {
  const document = documentOf(context);
  if (document?.kind !== 'descriptor') return [];
  const descriptor = context.cache.descriptor(context.uri, document.text);
  if (descriptor.kind !== 'HostInventory') return [];
  const all = ofInventory(descriptor);
  const asked = all.find(({ span, defines }) => !defines && contains(span, offset));
  const host = all.find(({ name, defines }) => defines && name === asked?.name);
  return asked === undefined || host === undefined
    ? []
    : [{ origin: asked.span, target: { uri: host.uri, span: host.span } }];
}

/** Every name in a descriptor that another document, or part of one, stands behind. */
function links(around: Surroundings): readonly Definition[] {
  const { descriptor, domainXmlUri, hosts } = around;
  const { migration } = descriptor;
  const found: Definition[] = [];
  const link = (origin: Located<unknown> | undefined, target: Location | undefined): void => {
    if (origin !== undefined && target !== undefined) found.push({ origin: origin.span, target });
  };
  const domain = domainOf(around);
  const inDomain = (span: Span | undefined): Location | undefined =>
    span === undefined || domain === undefined ? undefined : { uri: domain.uri, span };
  link(migration.domain, inDomain(domain?.name?.span));
  if (domainXmlUri !== undefined && around.domainXml !== undefined) {
    link(migration.domainXml, { uri: domainXmlUri, span: { start: 0, end: 0 } });
  }
  for (const item of migration.storage?.disks?.items ?? []) {
    link(item.target, inDomain(diskOf(around, item.target?.value)?.span));
  }
  for (const item of migration.networks?.items ?? []) {
    const mac = item.mac?.value.toLowerCase();
    const found = domain?.interfaces.find((each) => each.mac?.value.toLowerCase() === mac);
    link(item.mac, inDomain(found?.span));
  }
  for (const named of [migration.source, migration.destination]) {
    const host = hosts.find((each) => each.name === named?.value);
    const at = host?.host.name;
    link(
      named,
      host === undefined || at === undefined ? undefined : { uri: host.uri, span: at.span },
    );
  }
  return found;
}
