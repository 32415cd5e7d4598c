import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import { removable } from '../domain/domain.ts';
import type { Disk, Domain } from '../domain/domain.ts';
import { readDomain } from '../domain/read.ts';
import { say } from '../messages.ts';
import { parseXml } from '../xml/parse.ts';
import { known, unknown } from './fact.ts';
import type { Fact, Unknown } from './fact.ts';
import type { FileFacts, PeerFacts } from './host-facts.ts';
import type { MigrationFacts } from './keys.ts';
import type { Answer, DomainFacts, FactsSnapshot, HostSnapshot, ImageFacts } from './snapshot.ts';

/** What is at hand when a migration is judged. */
export interface FactSources {
  readonly descriptor: MigrationDescriptor;
  /** The domain of the linked `domainXml` file; absent without one. */
  readonly domain: Domain | undefined;
  readonly snapshot: FactsSnapshot | undefined;
  /**
   * Which XML is believed where both are at hand: the `file` while editing (its lines can be
   * shown), the `live` XML before a launch (it is what will move).
   */
  readonly prefer: 'file' | 'live';
}

/** Every fact of a migration, each known or unknown with its reason. */
export function migrationFacts(sources: FactSources): MigrationFacts {
  const { migration } = sources.descriptor;
  const source = side(sources.snapshot, migration.source?.value);
  const destination = side(sources.snapshot, migration.destination?.value);
  const sourceDomain = findDomain(source, migration.domain?.value);
  const domain = chooseDomain(sources, sourceDomain, source);
  const paths = pathsToAsk(sources.descriptor, domain.known ? domain.value : undefined);
  return {
    domain,
    'source.domain': sourceDomain,
    'source.identity': source.part((said) => said.identity),
    'source.versions': source.part((said) => said.versions),
    'source.capacity': source.part((said) => said.capacity),
    'source.cpu': source.part((said) => said.cpu),
    'source.networks': source.part((said) => said.networks),
    'source.bridges': source.part((said) => said.bridges),
    'source.pools': source.part((said) => said.pools),
    'source.domains': source.part((said) => said.domains),
    'source.images': images(source, domain, paths.source),
    'source.access': source.part((said) => said.access),
    'source.clock': source.part((said) => said.clock),
    'source.power': source.part((said) => said.power),
    'source.pressure': source.part((said) => said.pressure),
    'source.kernel': source.part((said) => said.kernel),
    'source.topology': source.part((said) => said.topology),
    'source.interfaces': source.part((said) => said.interfaces),
    'source.ports': source.part((said) => said.ports),
    'source.emulation': source.part((said) => said.emulation),
    'source.configuration': source.part((said) => said.configuration),
    'source.certificates': source.part((said) => said.certificates),
    'source.secrets': source.part((said) => said.secrets),
    'source.tpm': source.part((said) => said.tpm),
    'source.files': files(source),
    'source.peer': source.part((said) => peerOf(said, migration.destination?.value)),
    'destination.identity': destination.part((said) => said.identity),
    'destination.versions': destination.part((said) => said.versions),
    'destination.capacity': destination.part((said) => said.capacity),
    'destination.cpu': destination.part((said) => said.cpu),
    'destination.networks': destination.part((said) => said.networks),
    'destination.bridges': destination.part((said) => said.bridges),
    'destination.pools': destination.part((said) => said.pools),
    'destination.domains': destination.part((said) => said.domains),
    'destination.images': images(destination, domain, paths.destination),
    'destination.access': destination.part((said) => said.access),
    'destination.clock': destination.part((said) => said.clock),
    'destination.power': destination.part((said) => said.power),
    'destination.pressure': destination.part((said) => said.pressure),
    'destination.kernel': destination.part((said) => said.kernel),
    'destination.topology': destination.part((said) => said.topology),
    'destination.interfaces': destination.part((said) => said.interfaces),
    'destination.ports': destination.part((said) => said.ports),
    'destination.emulation': destination.part((said) => said.emulation),
    'destination.configuration': destination.part((said) => said.configuration),
    'destination.certificates': destination.part((said) => said.certificates),
    'destination.secrets': destination.part((said) => said.secrets),
    'destination.tpm': destination.part((said) => said.tpm),
    'destination.files': files(destination),
  };
}

/** Absolute paths whose images a migration depends on, on each host. */
export function pathsToAsk(
  descriptor: MigrationDescriptor,
  domain: Domain | undefined,
): { readonly source: readonly string[]; readonly destination: readonly string[] } {
  const entries = descriptor.migration.storage?.disks?.items ?? [];
  const destinationOf = (disk: Disk): string | undefined =>
    entries.find((item) => item.target?.value === disk.target.value)?.destination?.path?.value ??
    disk.source?.value;
  const disks = (domain?.disks ?? []).filter((disk) => disk.source !== undefined);
  const named = entries.flatMap((item) => item.destination?.path?.value ?? []);
  return {
    source: unique(disks.flatMap((disk) => disk.source?.value ?? [])),
    destination: unique([...disks.flatMap((disk) => destinationOf(disk) ?? []), ...named]),
  };
}

/** The URI under which an editor shows the live XML of a domain; spans of live facts refer to it. */
export function liveXmlUri(host: string, domain: string): string {
  return `livemigrate-xml:/${encodeURIComponent(host)}/${encodeURIComponent(domain)}.domain.xml`;
}

interface Side {
  readonly host: string | undefined;
  readonly snapshot: HostSnapshot | undefined;
  part<T>(select: (said: HostSnapshot) => Answer<T> | undefined): Fact<T>;
}

function side(all: FactsSnapshot | undefined, host: string | undefined): Side {
  const asked = host !== undefined && all !== undefined && Object.hasOwn(all.hosts, host);
  const snapshot = asked ? all.hosts[host] : undefined;
  const missing = noSnapshot(host, snapshot);
  return {
    host,
    snapshot,
    part(select) {
      if (missing !== undefined || snapshot === undefined) return missing ?? unnamedHost();
      const answer = select(snapshot);
      if (answer === undefined) return unknown(say('{0} was not asked for this', host ?? ''), host);
      if (!answer.ok) return unknown(say('{0}: {1}', answer.from, answer.why), host);
      return known(answer.value, { at: snapshot.at, from: answer.from, host });
    },
  };
}

/** Why nothing at all is known of a host, or undefined when it answered. */
function noSnapshot(
  host: string | undefined,
  snapshot: HostSnapshot | undefined,
): Unknown | undefined {
  if (host === undefined) return unnamedHost();
  if (snapshot === undefined) return unknown(say('{0} was not asked yet', host), host);
  if (snapshot.unreachable !== undefined)
    return unknown(say('{0}: {1}', host, snapshot.unreachable), host);
  return undefined;
}

function unnamedHost(): Unknown {
  return unknown(say('the file does not name the host'));
}

function findDomain(source: Side, name: string | undefined): Fact<DomainFacts> {
  const domains = source.part((said) => said.domains);
  if (!domains.known) return domains;
  const found = domains.value.find(
    (candidate) => candidate.name === name || candidate.uuid === name,
  );
  if (found === undefined)
    return unknown(say('{0} has no domain {1}', source.host ?? '', name ?? ''), source.host);
  return known(found, domains);
}

function chooseDomain(sources: FactSources, live: Fact<DomainFacts>, source: Side): Fact<Domain> {
  const file = sources.domain;
  if (file !== undefined && (sources.prefer === 'file' || !live.known)) {
    return known(file, { at: undefined, from: file.uri, host: undefined });
  }
  if (!live.known) return live;
  const uri = liveXmlUri(source.host ?? '', live.value.name);
  const { domain } = readDomain(uri, parseXml(live.value.xml));
  if (domain === undefined)
    return unknown(say('{0}: the domain XML cannot be read', live.from), source.host);
  return known(domain, {
    at: live.at,
    from: `virsh dumpxml ${live.value.name}`,
    host: source.host,
  });
}

/**
 * The images of one side, known only when every path that this migration depends on was answered:
 * a path that could not be looked at must hold the rules back, never pass for a good one.
 */
function images(
  { host, snapshot }: Side,
  domain: Fact<Domain>,
  paths: readonly string[],
): Fact<ReadonlyMap<string, ImageFacts>> {
  const missing = noSnapshot(host, snapshot);
  if (missing !== undefined || snapshot === undefined) return missing ?? unnamedHost();
  if (!domain.known) return unknown(domain.why, domain.host);
  const answers = new Map<string, ImageFacts>();
  for (const [path, answer] of Object.entries(snapshot.images)) {
    if (answer.ok) answers.set(path, answer.value);
  }
  const needed = removablePaths(domain.value);
  for (const path of paths) {
    if (answers.has(path)) continue;
    const answer = Object.hasOwn(snapshot.images, path) ? snapshot.images[path] : undefined;
    if (answer === undefined && needed.has(path)) continue;
    return unknown(
      answer?.ok === false
        ? say('{0}: {1}', answer.from, answer.why)
        : say('{0} was not looked at on {1}', path, host ?? ''),
      host,
    );
  }
  return known(answers, { at: snapshot.at, from: 'qemu-img info', host });
}

/** Paths that are no images; each holds its own answer, and a rule waits for the one it needs. */
function files({ host, snapshot }: Side): Fact<ReadonlyMap<string, Answer<FileFacts>>> {
  const missing = noSnapshot(host, snapshot);
  if (missing !== undefined || snapshot === undefined) return missing ?? unnamedHost();
  if (snapshot.files === undefined)
    return unknown(say('{0} was not asked for this', host ?? ''), host);
  return known(new Map(Object.entries(snapshot.files)), { at: snapshot.at, from: 'stat', host });
}

function peerOf(
  said: HostSnapshot,
  destination: string | undefined,
): Answer<PeerFacts> | undefined {
  const { peers } = said;
  if (peers === undefined || destination === undefined) return undefined;
  return Object.hasOwn(peers, destination) ? peers[destination] : undefined;
}

/** Media of CD-ROM and floppy drives: a fact about them is welcome but nothing waits for it. */
function removablePaths(domain: Domain): ReadonlySet<string> {
  return new Set(domain.disks.filter(removable).flatMap((disk) => disk.source?.value ?? []));
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.filter((path) => path.startsWith('/')))];
}
