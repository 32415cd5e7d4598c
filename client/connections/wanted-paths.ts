import type { Domain } from '../../core/domain/domain.ts';
import { readDomain } from '../../core/domain/read.ts';
import type { FactsSnapshot } from '../../core/facts/snapshot.ts';
import { hostFiles } from '../../core/facts/host-files.ts';
import { liveXmlUri, pathsToAsk } from '../../core/facts/view.ts';
import type { Surroundings } from '../../core/service/surroundings.ts';
import { parseXml } from '../../core/xml/parse.ts';

/**
 * Paths on a host that the migrations at hand depend on, and those that were looked at before: asking
 * a host again must not make the editor forget what an earlier question found.
 */
export function wantedPaths(
  host: string,
  migrations: readonly Surroundings[],
  facts: FactsSnapshot,
): readonly string[] {
  const before = Object.keys(facts.hosts[host]?.images ?? {});
  const now = migrations.flatMap(({ descriptor, domainXml }) => {
    const { source, destination, domain } = descriptor.migration;
    const live = liveDomain(source?.value, domain?.value, facts);
    return [live, domainXml?.domain].flatMap((each) => {
      const paths = pathsToAsk(descriptor, each);
      return [
        ...(source?.value === host ? paths.source : []),
        ...(destination?.value === host ? paths.destination : []),
      ];
    });
  });
  return [...new Set([...before, ...now])];
}

/** Paths that are no images and that the migrations at hand need on a host. */
export function wantedFiles(
  host: string,
  migrations: readonly Surroundings[],
  facts: FactsSnapshot,
): readonly string[] {
  const before = Object.keys(facts.hosts[host]?.files ?? {});
  const now = migrations.flatMap(({ descriptor, domainXml }) => {
    const { source, destination, domain } = descriptor.migration;
    if (destination?.value !== host) return [];
    const live = liveDomain(source?.value, domain?.value, facts);
    return [live, domainXml?.domain].flatMap((each) =>
      each === undefined ? [] : hostFiles(each).map(({ path }) => path),
    );
  });
  return [...new Set([...before, ...now])];
}

function liveDomain(
  host: string | undefined,
  name: string | undefined,
  facts: FactsSnapshot,
): Domain | undefined {
  const domains = host === undefined ? undefined : facts.hosts[host]?.domains;
  if (host === undefined || name === undefined || domains?.ok !== true) return undefined;
  const found = domains.value.find((each) => each.name === name || each.uuid === name);
  if (found === undefined) return undefined;
  return readDomain(liveXmlUri(host, found.name), parseXml(found.xml)).domain;
}
