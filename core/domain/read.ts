import { say } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Located } from '../text/span.ts';
import { attribute, child, children } from '../xml/tree.ts';
import type { XmlDocument, XmlElement } from '../xml/tree.ts';
import type { Disk, Domain, DomainCpu, NetworkInterface } from './domain.ts';

export interface ReadDomain {
  /** Undefined when the root element is not `<domain>`. */
  readonly domain: Domain | undefined;
  /** What the model could not take up; the XML's own problems are not repeated. */
  readonly problems: readonly SyntaxProblem[];
}

/**
 * Reads a domain from XML as libvirt's `virDomainDefParseXML` does where migration is concerned,
 * with libvirt's defaults. What is malformed is left out and told, never guessed.
 */
export function readDomain(uri: string, xml: XmlDocument): ReadDomain {
  const { root } = xml;
  if (root?.name !== 'domain') return { domain: undefined, problems: [] };
  const problems: SyntaxProblem[] = [];
  const devices = child(root, 'devices');
  const type = child(child(root, 'os'), 'type');
  const vcpu = child(root, 'vcpu');
  const vcpus = vcpu === undefined ? undefined : wholeNumber(vcpu.text, 'vcpu', problems);
  const current = vcpu === undefined ? undefined : located(vcpu, 'current');
  return {
    domain: {
      uri,
      root,
      name: text(child(root, 'name')),
      uuid: lowerCase(text(child(root, 'uuid'))),
      type: located(root, 'type'),
      memory: memory(child(root, 'memory'), problems),
      currentMemory: memory(child(root, 'currentMemory'), problems),
      vcpus,
      currentVcpus: current === undefined ? vcpus : wholeNumber(current, 'vcpu', problems),
      arch: type === undefined ? undefined : located(type, 'arch'),
      machine: type === undefined ? undefined : located(type, 'machine'),
      emulator: text(child(devices, 'emulator')),
      cpu: readCpu(child(root, 'cpu')),
      disks: readDisks(children(devices, 'disk'), problems),
      interfaces: children(devices, 'interface').map(readInterface),
    },
    problems,
  };
}

function readCpu(cpu: XmlElement | undefined): DomainCpu | undefined {
  if (cpu === undefined) return undefined;
  return {
    span: cpu.nameSpan,
    mode: located(cpu, 'mode'),
    model: text(child(cpu, 'model')),
    vendor: text(child(cpu, 'vendor')),
    features: children(cpu, 'feature').flatMap((feature) => {
      const name = located(feature, 'name');
      return name === undefined ? [] : [{ name, policy: attribute(feature, 'policy')?.value }];
    }),
  };
}

function readDisks(elements: readonly XmlElement[], problems: SyntaxProblem[]): readonly Disk[] {
  const disks = new Map<string, Disk>();
  for (const element of elements) {
    const disk = readDisk(element, problems);
    if (disk === undefined) continue;
    const first = disks.get(disk.target.value);
    if (first === undefined) {
      disks.set(disk.target.value, disk);
      continue;
    }
    problems.push({
      code: 'disk-target-twice',
      span: disk.target.span,
      severity: 'error',
      message: say('Two disks have the target {0}; each needs its own.', disk.target.value),
      fixes: [],
    });
  }
  return [...disks.values()];
}

/** Attributes of `<source>` that hold a path on the host, by the type of the disk. */
const pathAttributes: Readonly<Record<string, string>> = { file: 'file', block: 'dev', dir: 'dir' };
const namedSources: Readonly<Record<string, readonly string[]>> = {
  network: ['protocol'],
  volume: ['pool', 'volume'],
  nvme: ['type'],
  vhostuser: ['path'],
  vhostvdpa: ['dev'],
};

function readDisk(element: XmlElement, problems: SyntaxProblem[]): Disk | undefined {
  const target = child(element, 'target');
  const dev = target === undefined ? undefined : located(target, 'dev');
  if (target === undefined || dev === undefined || dev.value === '') {
    problems.push({
      code: 'disk-without-target',
      span: element.nameSpan,
      severity: 'error',
      message: say('This disk has no <target dev=…>; it cannot be named in a migration.'),
      fixes: [],
    });
    return undefined;
  }
  const type = located(element, 'type') ?? { value: 'file', span: element.nameSpan };
  const device = located(element, 'device') ?? { value: 'disk', span: element.nameSpan };
  const source = child(element, 'source');
  const driver = child(element, 'driver');
  const path = pathAttributes[type.value];
  const pathSource = source === undefined || path === undefined ? undefined : located(source, path);
  const present = pathSource !== undefined && pathSource.value !== '' ? pathSource : undefined;
  const named = namedSources[type.value]?.some(
    (name) => source !== undefined && attribute(source, name) !== undefined,
  );
  return {
    span: element.startTagSpan,
    target: dev,
    bus: attribute(target, 'bus')?.value,
    type,
    device,
    source: present,
    hasSource: present !== undefined || named === true,
    format: driver === undefined ? undefined : located(driver, 'type'),
    cache: driver === undefined ? undefined : located(driver, 'cache'),
    // libvirt makes every CD-ROM read-only, with or without the element.
    readonly:
      child(element, 'readonly')?.startTagSpan ??
      (device.value === 'cdrom' ? device.span : undefined),
    shareable: child(element, 'shareable')?.startTagSpan,
    transient: child(element, 'transient')?.startTagSpan,
    startupPolicy: source === undefined ? undefined : attribute(source, 'startupPolicy')?.value,
  };
}

function readInterface(element: XmlElement): NetworkInterface {
  const source = child(element, 'source');
  const mac = child(element, 'mac');
  const names = ['network', 'bridge', 'dev'] as const;
  const named = names.map((name) => (source === undefined ? undefined : located(source, name)));
  const type = located(element, 'type') ?? { value: 'user', span: element.nameSpan };
  // Live XML shows what a network resolved to (`type='bridge'` with both names); what moves, and what
  // the destination must have, is the network.
  const network = source !== undefined && attribute(source, 'network') !== undefined;
  return {
    span: element.startTagSpan,
    type: network ? { value: 'network', span: type.span } : type,
    mac: mac === undefined ? undefined : lowerCase(located(mac, 'address')),
    source: named.find((each) => each !== undefined && each.value !== ''),
  };
}

/** Factors of libvirt's `virScaleInteger`: KB is 1000, K and KiB are 1024; KiB without a unit. */
const memoryUnits: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  byte: 1,
  KB: 1e3,
  k: 1024,
  K: 1024,
  KiB: 1024,
  MB: 1e6,
  M: 1024 ** 2,
  MiB: 1024 ** 2,
  GB: 1e9,
  G: 1024 ** 3,
  GiB: 1024 ** 3,
  TB: 1e12,
  T: 1024 ** 4,
  TiB: 1024 ** 4,
  PB: 1e15,
  P: 1024 ** 5,
  PiB: 1024 ** 5,
};

function memory(
  element: XmlElement | undefined,
  problems: SyntaxProblem[],
): Located<number> | undefined {
  if (element === undefined) return undefined;
  const amount = wholeNumber(element.text, element.name, problems);
  const unit = located(element, 'unit');
  const factor = memoryUnits[unit?.value ?? 'KiB'];
  if (unit !== undefined && factor === undefined) {
    problems.push({
      code: 'memory-unit-unknown',
      span: unit.span,
      severity: 'error',
      message: say(
        '“{0}” is no unit of memory that libvirt knows; write for example KiB, MiB or GiB.',
        unit.value,
      ),
      fixes: [],
    });
  }
  return amount === undefined || factor === undefined
    ? undefined
    : { value: amount.value * factor, span: amount.span };
}

function wholeNumber(
  from: Located<string>,
  name: string,
  problems: SyntaxProblem[],
): Located<number> | undefined {
  if (/^\d{1,15}$/.test(from.value)) return { value: Number(from.value), span: from.span };
  problems.push({
    code: 'not-a-number',
    span: from.span,
    severity: 'error',
    message: say('<{0}> holds a whole number; “{1}” is none.', name, from.value),
    fixes: [],
  });
  return undefined;
}

function located(element: XmlElement, name: string): Located<string> | undefined {
  const found = attribute(element, name);
  return found === undefined ? undefined : { value: found.value, span: found.valueSpan };
}

function text(element: XmlElement | undefined): Located<string> | undefined {
  return element === undefined || element.text.value === '' ? undefined : element.text;
}

function lowerCase(value: Located<string> | undefined): Located<string> | undefined {
  return value === undefined ? undefined : { value: value.value.toLowerCase(), span: value.span };
}
