import type { Location, Span } from '../text/span.ts';
import type { Located } from '../text/span.ts';
import { contains } from '../text/span.ts';
import { elementAt } from './domain-hover.ts';
import type { DomainXml } from './parse-cache.ts';
import { domainXmlOf, migrationOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { diskOf, domainOf } from './disk-facts.ts';
import type { Surroundings } from './surroundings.ts';

export interface Definition {
  /** The word that was asked about. */
  readonly origin: Span;
  readonly target: Location;
}

/** Where the thing named at an offset of a descriptor is described. */
export function definition(context: ServiceContext, offset: number): readonly Definition[] {
  const around = migrationOf(context);
  if (around === undefined) return [];
  return links(around)
    .filter(({ origin }) => contains(origin, offset))
    .slice(0, 1);
}

/** Places in open descriptors that name the disk, interface or domain at an offset of domain XML. */
export function references(
  context: ServiceContext,
  offset: number,
  descriptors: readonly string[],
): readonly Location[] {
  const xml = domainXmlOf(context);
  const starts = xml === undefined ? [] : startsAround(xml, offset);
  if (starts.length === 0) return [];
  return descriptors.flatMap((uri) => {
    const around = migrationOf({ ...context, uri, languageId: undefined });
    if (around?.domainXmlUri !== context.uri) return [];
    return links(around)
      .filter(({ target }) => target.uri === context.uri && starts.includes(target.span.start))
      .map(({ origin }) => ({ uri, span: origin }));
  });
}

/** Where the text, the device or the domain around an offset begins: what definitions lead to. */
function startsAround({ domain, document }: DomainXml, offset: number): readonly number[] {
  const name = domain?.name?.span;
  if (name !== undefined && contains(name, offset)) return [name.start];
  let element = elementAt(document.root, offset);
  while (element !== undefined && element.name !== 'disk' && element.name !== 'interface') {
    element = element.parent;
  }
  return element === undefined ? [] : [element.startTagSpan.start];
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
