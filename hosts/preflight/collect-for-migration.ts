import { hostFiles } from '../../core/facts/host-files.ts';
import { pathsToAsk } from '../../core/facts/view.ts';
import { readDomain } from '../../core/domain/read.ts';
import type { Domain } from '../../core/domain/domain.ts';
import type { DomainFacts, FactsSnapshot, HostSnapshot } from '../../core/facts/snapshot.ts';
import type { Surroundings } from '../../core/service/surroundings.ts';
import { parseXml } from '../../core/xml/parse.ts';
import { collectFacts } from '../collect/collect-facts.ts';
import type { FactsRequest } from '../collect/collect-facts.ts';
import { keepHostGrammar } from '../collect/schemas.ts';
import { unreachableHost } from '../collect/unreachable.ts';
import { HostError } from '../host-error.ts';
import type { HostSession } from '../session.ts';
import type { HostTarget } from '../ssh/target.ts';
import { withDirtyRate } from './measure-for-migration.ts';
import { peerQuestion } from './peer-question.ts';
import { targetFor } from './targets.ts';

/** Opens (or reuses) the connection to a host. Throws HostError. */
export type HostAccess = (target: HostTarget) => Promise<HostSession>;

/**
 * Facts of the two hosts of a migration, each path asked that the migration depends on. A host that
 * cannot be reached is in the snapshot with the reason; this never throws for a host's sake.
 */
export async function collectForMigration(request: {
  readonly surroundings: Surroundings;
  readonly hosts: HostAccess;
  readonly now: () => number;
  readonly signal: AbortSignal;
}): Promise<FactsSnapshot> {
  const { surroundings } = request;
  const { descriptor, domainXml } = surroundings;
  const { source, destination, domain } = descriptor.migration;
  const ask = (named: string, paths: readonly string[], more: Deeper): Promise<HostSnapshot> => {
    const target = targetFor(named, surroundings.hosts);
    return target === undefined
      ? Promise.resolve(
          unreachableHost(named, request.now(), `no inventory says how to reach ${named}`),
        )
      : collectHost({ ...request, named, target, paths, more });
  };
  const fromFile = pathsToAsk(descriptor, domainXml?.domain);
  const filesOf = (of: Domain | undefined): readonly string[] =>
    of === undefined ? [] : [...new Set(hostFiles(of).map(({ path }) => path))];
  const peer = peerQuestion(surroundings);
  const deeper = {
    monitor: domain === undefined ? [] : [domain.value],
    ...(peer === undefined ? {} : { peer }),
  };
  const measured = (named: string, said: HostSnapshot): Promise<HostSnapshot> | HostSnapshot => {
    const target = targetFor(named, surroundings.hosts);
    return target === undefined
      ? said
      : withDirtyRate(said, descriptor.migration, {
          ...request,
          session: () => request.hosts(target),
        });
  };
  // What runs may have other disks than the file says; their images are asked for as well.
  let tellLive: (domain: Domain | undefined) => void = () => undefined;
  const known = new Promise<Domain | undefined>((resolve) => {
    tellLive = resolve;
  });
  const onDomains = (domains: readonly DomainFacts[]): void => {
    tellLive(liveDomain(domains, domain?.value));
  };
  const askSource = async (name: string): Promise<HostSnapshot> => {
    try {
      const said = await ask(name, fromFile.source, { ...deeper, onDomains });
      return await measured(name, said);
    } finally {
      // Of a source that does not answer nothing is known, and nobody waits for it.
      tellLive(undefined);
    }
  };
  if (source === undefined) tellLive(undefined);
  const later = known.then((live) => ({
    paths: pathsToAsk(descriptor, live).destination,
    files: filesOf(live),
  }));
  const [here, there] = await Promise.all([
    source === undefined ? undefined : askSource(source.value),
    destination === undefined || destination.value === source?.value
      ? undefined
      : ask(destination.value, fromFile.destination, {
          files: filesOf(domainXml?.domain),
          later,
        }),
  ]);
  const asked = [here, there].filter((host) => host !== undefined);
  const snapshots = Object.fromEntries(asked.map((host) => [host.name, host]));
  const live = await known;
  const needed = [
    ...pathsToAsk(descriptor, live).destination,
    ...(here === undefined || descriptor.migration.storage?.mode?.value !== 'copy-incremental'
      ? []
      : backingPaths(here, live)),
  ];
  if (there?.unreachable === undefined && there !== undefined) {
    const missing = needed.filter((path) => !Object.hasOwn(there.images, path));
    const files = filesOf(live);
    const unseen = files.filter((path) => !Object.hasOwn(there.files ?? {}, path));
    if (missing.length > 0 || unseen.length > 0) {
      const all = [...new Set([...needed, ...fromFile.destination])];
      snapshots[there.name] = await ask(there.name, all, {
        files: [...new Set([...files, ...filesOf(domainXml?.domain)])],
      });
    }
  }
  return { format: 'livemigrate-facts/1', hosts: snapshots };
}

/** Questions that are asked only for a migration that is about to be made. */
type Deeper = Pick<FactsRequest, 'files' | 'monitor' | 'peer' | 'onDomains' | 'later'>;

/** One host's facts; when it cannot be reached the snapshot holds the reason. */
export async function collectHost(request: {
  readonly named: string;
  readonly target: HostTarget;
  readonly paths: readonly string[];
  readonly hosts: HostAccess;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly more?: Deeper;
}): Promise<HostSnapshot> {
  const { named, target, paths, hosts, now, signal, more } = request;
  try {
    const session = await hosts(target);
    const said = await collectFacts(session, { ...more, paths, domains: 'all', signal }, now);
    // Once for each version of libvirt; without it a grammar of the package is used.
    if (said.versions.ok) await keepHostGrammar(session, said.versions.value.libvirt, { signal });
    return said;
  } catch (error) {
    if (error instanceof HostError && error.kind !== 'cancelled') {
      return unreachableHost(named, now(), error.message);
    }
    throw error;
  }
}

/** Backing files below the domain's images: an incremental copy relies on them. */
function backingPaths(said: HostSnapshot, live: Domain | undefined): readonly string[] {
  return (live?.disks ?? []).flatMap(({ source }) => {
    const answer = source === undefined ? undefined : said.images[source.value];
    return answer?.ok === true ? answer.value.backing.filter((path) => path.startsWith('/')) : [];
  });
}

function liveDomain(domains: readonly DomainFacts[], name: string | undefined): Domain | undefined {
  const found = domains.find((domain) => domain.name === name || domain.uuid === name);
  return found === undefined ? undefined : readDomain('live', parseXml(found.xml)).domain;
}
