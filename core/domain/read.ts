import { say } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Located } from '../text/span.ts';
import { attribute, child, children } from '../xml/tree.ts';
import type { XmlDocument, XmlElement } from '../xml/tree.ts';
import type { Disk, Domain, DomainCpu, NetworkInterface } from './domain.ts';
import { located, locatedText, lowerCase, wholeNumber } from './located.ts';
import { memorySize } from './memory-size.ts';
import { readFilesystem, readHostDevice, readSharedMemory, readTpm } from './read-devices.ts';
import { reusing } from './reused.ts';
import {
  readFirmware,
  readLaunchSecurity,
  readMemoryBacking,
  readNumaTune,
} from './read-host-ties.ts';

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
  const parts = byName([root]);
  const part = (name: string): XmlElement | undefined => parts.get(name)?.[0];
  // libvirt reads `./devices/*`: of every <devices>, should there be several.
  const devices = byName(parts.get('devices') ?? []);
  const all = (name: string): readonly XmlElement[] => devices.get(name) ?? [];
  const os = part('os');
  const type = child(os, 'type');
  const vcpu = part('vcpu');
  const vcpus = vcpu === undefined ? undefined : wholeNumber(vcpu.text, 'vcpu', problems);
  const current = located(vcpu, 'current');
  return {
    domain: {
      uri,
      root,
      name: locatedText(part('name')),
      uuid: lowerCase(locatedText(part('uuid'))),
      type: located(root, 'type'),
      memory: memory(part('memory'), problems),
      currentMemory: memory(part('currentMemory'), problems),
      vcpus,
      currentVcpus: current === undefined ? vcpus : wholeNumber(current, 'vcpu', problems),
      arch: located(type, 'arch'),
      machine: located(type, 'machine'),
      emulator: locatedText(all('emulator')[0]),
      cpu: readCpu(part('cpu')),
      firmware: readFirmware(os),
      memoryBacking: readMemoryBacking(part('memoryBacking'), problems),
      numaTune: readNumaTune(part('numatune')),
      launchSecurity: readLaunchSecurity(part('launchSecurity')),
      disks: readDisks(all('disk'), problems),
      interfaces: all('interface').map((each) => readInterface(each, problems)),
      hostDevices: all('hostdev').map(readHostDevice),
      filesystems: all('filesystem').map(readFilesystem),
      sharedMemories: all('shmem').map(readSharedMemory),
      tpms: all('tpm').map(readTpm),
    },
    problems,
  };
}

/** The children of some elements, each name's in order. */
function byName(parents: readonly XmlElement[]): ReadonlyMap<string, readonly XmlElement[]> {
  const named = new Map<string, XmlElement[]>();
  for (const parent of parents)
    for (const each of parent.children) {
      const same = named.get(each.name);
      if (same === undefined) named.set(each.name, [each]);
      else same.push(each);
    }
  return named;
}

function readCpu(cpu: XmlElement | undefined): DomainCpu | undefined {
  if (cpu === undefined) return undefined;
  return {
    span: cpu.nameSpan,
    mode: located(cpu, 'mode'),
    model: locatedText(child(cpu, 'model')),
    vendor: locatedText(child(cpu, 'vendor')),
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
const pathAttributes: ReadonlyMap<string, string> = new Map([
  ['file', 'file'],
  ['block', 'dev'],
  ['dir', 'dir'],
]);

const readDisk = reusing((element: XmlElement, problems: SyntaxProblem[]): Disk | undefined => {
  const target = child(element, 'target');
  const dev = located(target, 'dev');
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
  const path = pathAttributes.get(type.value);
  const pathSource = path === undefined ? undefined : located(source, path);
  // libvirt takes an empty path for none: broken programs write it so for an empty drive.
  const present = pathSource?.value === '' ? undefined : pathSource;
  return {
    span: element.startTagSpan,
    target: dev,
    bus: attribute(target, 'bus')?.value,
    type,
    device,
    source: present,
    hasSource: path === undefined ? isNamed(source, type.value) : present !== undefined,
    format: located(driver, 'type'),
    cache: located(driver, 'cache'),
    // libvirt makes every CD-ROM read-only, with or without the element.
    readonly:
      child(element, 'readonly')?.startTagSpan ??
      (device.value === 'cdrom' ? device.span : undefined),
    shareable: child(element, 'shareable')?.startTagSpan,
    transient: child(element, 'transient')?.startTagSpan,
    startupPolicy: located(source, 'startupPolicy')?.value,
  };
});

/**
 * A source that is no path: of a network disk it is empty without a protocol, of any other type (also
 * one that is not known here) it counts as soon as it is there, so that a disk is not taken for an
 * empty drive. (libvirt `virStorageSourceIsEmpty`.)
 */
function isNamed(source: XmlElement | undefined, type: string): boolean {
  if (source === undefined) return false;
  return type !== 'network' || attribute(source, 'protocol') !== undefined;
}

const readInterface = reusing((element: XmlElement): NetworkInterface => {
  const source = child(element, 'source');
  const names = ['network', 'bridge', 'dev'] as const;
  const named = names.map((name) => located(source, name));
  const type = located(element, 'type') ?? { value: 'user', span: element.nameSpan };
  // Live XML shows what a network resolved to (`type='bridge'` with both names); what moves, and what
  // the destination must have, is the network. A device of the host stays what it is: it cannot move.
  const network =
    located(source, 'network') !== undefined && !['hostdev', 'vdpa'].includes(type.value);
  return {
    span: element.startTagSpan,
    type: network ? { value: 'network', span: type.span } : type,
    mac: lowerCase(located(child(element, 'mac'), 'address')),
    source: named.find((each) => each !== undefined && each.value !== ''),
    virtualPort: located(child(element, 'virtualport'), 'type'),
    teaming: located(child(element, 'teaming'), 'type'),
  };
});

function memory(
  element: XmlElement | undefined,
  problems: SyntaxProblem[],
): Located<number> | undefined {
  if (element === undefined) return undefined;
  const { name, text: amount } = element;
  return memorySize({ amount, unit: located(element, 'unit'), name }, problems);
}
