import type {
  Answer,
  DomainFacts,
  HostCapacity,
  HostCpu,
  HostIdentity,
  HostSnapshot,
  HostVersions,
  LibvirtNetwork,
  StoragePool,
} from '../../core/facts/snapshot.ts';
import { readDomainFacts } from '../../core/virsh/parse/domain.ts';
import {
  parseCapabilities,
  parseCapacity,
  parseMigrateOptions,
  parseProcessorName,
  parseUsableModels,
  parseVersions,
} from '../../core/virsh/parse/host.ts';
import { parseNetwork, parsePool } from '../../core/virsh/parse/resources.ts';
import { parseUuids, virshError } from '../../core/virsh/parse/sections.ts';
import type { Section } from '../../core/virsh/parse/sections.ts';
import { SectionReader } from './section-reader.ts';
import { hostTimeOf, readHostState } from './host-state-part.ts';

export type HostPart = Omit<
  HostSnapshot,
  'name' | 'at' | 'images' | 'unreachable' | 'files' | 'peers' | 'clock'
>;

/** Turns the sections of the first script into facts; what failed says why. */
export function readHostPart(sections: readonly Section[], mark: string): HostPart {
  const reader = new SectionReader(sections, mark);
  return {
    identity: readIdentity(reader),
    versions: readVersions(reader),
    capacity: readCapacity(reader),
    cpu: readCpu(reader),
    networks: readResources(reader, 'network', parseNetwork),
    bridges: readBridges(reader),
    pools: readResources(reader, 'pool', parsePool),
    domains: readDomains(reader),
    ...readHostState(reader),
  };
}

function readIdentity(reader: SectionReader): Answer<HostIdentity> {
  return reader.answer(
    'virsh capabilities',
    ['capabilities', 'host', 'boot'],
    (xml = '', host = '', boot = '') => {
      const uuid = parseCapabilities(xml)?.uuid;
      return uuid === undefined ? undefined : { hostname: host.trim(), uuid, bootId: boot.trim() };
    },
  );
}

function readVersions(reader: SectionReader): Answer<HostVersions> {
  return reader.answer(
    'virsh version --daemon',
    ['version', 'options'],
    (version = '', help = '') => {
      const versions = parseVersions(version);
      const migrateOptions = parseMigrateOptions(help);
      return versions === undefined || migrateOptions.length === 0
        ? undefined
        : { ...versions, migrateOptions };
    },
  );
}

function readCapacity(reader: SectionReader): Answer<HostCapacity> {
  return reader.answer('/proc/meminfo', ['memory', 'online'], (memory = '', online = '') =>
    parseCapacity(memory, online),
  );
}

function readCpu(reader: SectionReader): Answer<HostCpu> {
  const usable = reader.text('usable');
  const processor = reader.text('processor');
  return reader.answer('virsh capabilities', ['capabilities'], (xml = '') => {
    const cpu = parseCapabilities(xml)?.cpu;
    if (cpu === undefined) return undefined;
    return {
      ...cpu,
      modelName: 'out' in processor ? parseProcessorName(processor.out) : undefined,
      usableModels: 'out' in usable ? parseUsableModels(usable.out) : [],
    };
  });
}

function readBridges(reader: SectionReader): Answer<readonly string[]> {
  return reader.answer('/sys/class/net', ['bridges'], (names = '') => [
    ...new Set(
      names
        .split('\n')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    ),
  ]);
}

/** Networks or pools: their list, which of them are active, and the XML of each. */
function readResources<T extends LibvirtNetwork | StoragePool>(
  reader: SectionReader,
  kind: 'network' | 'pool',
  parse: (xml: string, active: boolean) => T | undefined,
): Answer<readonly T[]> {
  const from = kind === 'network' ? 'virsh net-list --all' : 'virsh pool-list --all';
  const names = [`${kind}s`, `active-${kind}s`, 'details'];
  let why: string | undefined;
  const answer = reader.answer(from, names, (all = '', activeOnes = '') => {
    const active = new Set(parseUuids(activeOnes));
    const found: T[] = [];
    for (const uuid of parseUuids(all)) {
      const xml = reader.batch.get(uuid)?.get('xml');
      const resource = xml === undefined ? undefined : parse(xml, active.has(uuid));
      if (resource === undefined) {
        why = (xml === undefined ? undefined : virshError(xml)) ?? `${uuid} was not described`;
        return undefined;
      }
      found.push(resource);
    }
    return found;
  });
  return answer.ok || why === undefined ? answer : { ...answer, why };
}

/**
 * All domains, or unknown: a list that leaves one out would let a name or UUID clash pass. A domain
 * that went away between two questions is not there any more and no failure.
 */
function readDomains(reader: SectionReader): Answer<readonly DomainFacts[]> {
  let why: string | undefined;
  const from = 'virsh list --all';
  const answer = reader.answer(from, ['remaining', 'details'], (list = '') => {
    const found: DomainFacts[] = [];
    for (const uuid of parseUuids(list)) {
      const read = readOne(uuid, reader);
      if (!read.ok) {
        why = `domain ${uuid}: ${read.why}`;
        return undefined;
      }
      found.push(read.domain);
    }
    return found;
  });
  return answer.ok || why === undefined ? answer : { ...answer, why };
}

function readOne(uuid: string, reader: SectionReader): ReturnType<typeof readDomainFacts> {
  const of = reader.batch.get(uuid);
  if (of === undefined)
    return { ok: false, why: 'it appeared while the host was asked; ask again' };
  const text = (name: string): string => of.get(name) ?? 'error: virsh did not answer';
  const answers = {
    info: text('info'),
    xml: text('xml'),
    job: text('job'),
    snapshots: text('snapshots'),
    downtime: text('downtime'),
    reason: text('reason'),
    checkpoints: text('checkpoints'),
    dirtyRate: text('dirtyrate'),
  };
  return readDomainFacts(uuid, answers, hostTimeOf(reader));
}
