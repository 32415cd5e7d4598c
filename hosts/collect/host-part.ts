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
import { parseBatch, parseUuids, virshError } from '../../core/virsh/parse/sections.ts';
import type { BatchAnswers, Section } from '../../core/virsh/parse/sections.ts';
import { whyNot } from './reasons.ts';

export type HostPart = Omit<HostSnapshot, 'name' | 'at' | 'images' | 'unreachable'>;

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
  };
}

/** The sections, and what virsh answered within two of them. */
class SectionReader {
  readonly user: string;
  readonly batch: BatchAnswers;
  readonly #byName: ReadonlyMap<string, Section>;

  constructor(sections: readonly Section[], mark: string) {
    this.#byName = new Map(sections.map((section) => [section.name, section]));
    this.user = this.#byName.get('user')?.out.trim() ?? '';
    const texts = ['libvirt', 'details'].map((name) => this.#byName.get(name)?.out ?? '');
    this.batch = parseBatch(texts.join('\n'), mark);
  }

  /** The output of a section, or of a virsh command about the host; else the reason. */
  text(name: string): { readonly out: string } | { readonly why: string } {
    const section = this.#byName.get(name);
    if (section?.code === 0) return { out: section.out };
    if (section !== undefined) return { why: whyNot(section, this.user) };
    const answer = this.batch.get('-')?.get(name);
    if (answer === undefined) return { why: this.#whyNoLibvirt() };
    const error = virshError(answer);
    return error === undefined ? { out: answer } : { why: error };
  }

  answer<T>(
    from: string,
    names: readonly string[],
    read: (...texts: string[]) => T | undefined,
  ): Answer<T> {
    const texts: string[] = [];
    for (const name of names) {
      const text = this.text(name);
      if ('why' in text) return { ok: false, why: text.why, from };
      texts.push(text.out);
    }
    const value = read(...texts);
    return value === undefined
      ? { ok: false, why: 'its output could not be understood', from }
      : { ok: true, value, from };
  }

  /** virsh that cannot connect prints its error and none of the answers. */
  #whyNoLibvirt(): string {
    const details = this.#byName.get('details');
    if (details !== undefined && details.code !== 0) return whyNot(details, this.user);
    const libvirt = this.#byName.get('libvirt');
    return libvirt === undefined ? 'it was not asked' : whyNot(libvirt, this.user);
  }
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
      const read = readOne(uuid, reader.batch);
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

function readOne(uuid: string, answers: BatchAnswers): ReturnType<typeof readDomainFacts> {
  const of = answers.get(uuid);
  if (of === undefined)
    return { ok: false, why: 'it appeared while the host was asked; ask again' };
  const text = (name: string): string => of.get(name) ?? 'error: virsh did not answer';
  return readDomainFacts(uuid, {
    info: text('info'),
    xml: text('xml'),
    job: text('job'),
    snapshots: text('snapshots'),
    downtime: text('downtime'),
  });
}
