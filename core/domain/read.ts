import { say } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Located } from '../text/span.ts';
import { attribute, child, children } from '../xml/tree.ts';
import type { XmlDocument, XmlElement } from '../xml/tree.ts';
import type { Disk, Domain, DomainCpu, NetworkInterface } from './domain.ts';
import { devicesOf } from './devices-of.ts';
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
  return { domain: new DomainReading(uri, root, problems), problems };
}

/**
 * A domain that is read from its elements. What can be wrong is read at once, the rest when it is
 * first asked for: most of a definition is of no interest to most who look at it.
 */
class DomainReading implements Domain {
  readonly uri: string;
  readonly root: XmlElement;
  readonly type: Domain['type'];
  readonly memory: Domain['memory'];
  readonly currentMemory: Domain['currentMemory'];
  readonly vcpus: Domain['vcpus'];
  readonly currentVcpus: Domain['currentVcpus'];
  readonly memoryBacking: Domain['memoryBacking'];
  readonly disks: Domain['disks'];
  private knownCpu: { readonly read: Domain['cpu'] } | undefined = undefined;
  private knownInterfaces: Domain['interfaces'] | undefined = undefined;
  private knownHostDevices: Domain['hostDevices'] | undefined = undefined;
  private knownFilesystems: Domain['filesystems'] | undefined = undefined;
  private knownSharedMemories: Domain['sharedMemories'] | undefined = undefined;
  private knownTpms: Domain['tpms'] | undefined = undefined;

  constructor(uri: string, root: XmlElement, problems: SyntaxProblem[]) {
    this.uri = uri;
    this.root = root;
    this.type = located(root, 'type');
    const vcpu = child(root, 'vcpu');
    const current = located(vcpu, 'current');
    this.memory = memory(child(root, 'memory'), problems);
    this.currentMemory = memory(child(root, 'currentMemory'), problems);
    this.vcpus = vcpu === undefined ? undefined : wholeNumber(vcpu.text, 'vcpu', problems);
    this.currentVcpus = current === undefined ? this.vcpus : wholeNumber(current, 'vcpu', problems);
    this.memoryBacking = readMemoryBacking(child(root, 'memoryBacking'), problems);
    this.disks = readDisks(devicesOf(root, 'disk'), problems);
  }

  get name(): Domain['name'] {
    return locatedText(child(this.root, 'name'));
  }

  get uuid(): Domain['uuid'] {
    return lowerCase(locatedText(child(this.root, 'uuid')));
  }

  get arch(): Domain['arch'] {
    return located(child(child(this.root, 'os'), 'type'), 'arch');
  }

  get machine(): Domain['machine'] {
    return located(child(child(this.root, 'os'), 'type'), 'machine');
  }

  get emulator(): Domain['emulator'] {
    return locatedText(devicesOf(this.root, 'emulator')[0]);
  }

  get cpu(): Domain['cpu'] {
    return (this.knownCpu ??= { read: readCpu(child(this.root, 'cpu')) }).read;
  }

  get firmware(): Domain['firmware'] {
    return readFirmware(child(this.root, 'os'));
  }

  get numaTune(): Domain['numaTune'] {
    return readNumaTune(child(this.root, 'numatune'));
  }

  get launchSecurity(): Domain['launchSecurity'] {
    return readLaunchSecurity(child(this.root, 'launchSecurity'));
  }

  get interfaces(): Domain['interfaces'] {
    return (this.knownInterfaces ??= devicesOf(this.root, 'interface').map(readInterface));
  }

  get hostDevices(): Domain['hostDevices'] {
    return (this.knownHostDevices ??= devicesOf(this.root, 'hostdev').map(readHostDevice));
  }

  get filesystems(): Domain['filesystems'] {
    return (this.knownFilesystems ??= devicesOf(this.root, 'filesystem').map(readFilesystem));
  }

  get sharedMemories(): Domain['sharedMemories'] {
    return (this.knownSharedMemories ??= devicesOf(this.root, 'shmem').map(readSharedMemory));
  }

  get tpms(): Domain['tpms'] {
    return (this.knownTpms ??= devicesOf(this.root, 'tpm').map(readTpm));
  }
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
  const format = located(driver, 'type');
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
    format,
    formats: [...(format === undefined ? [] : [format]), ...layerFormats(element)],
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

function layerFormats(disk: XmlElement): readonly Located<string>[] {
  let layer = child(disk, 'backingStore');
  const formats: Located<string>[] = [];
  while (layer !== undefined) {
    const format = located(child(layer, 'format'), 'type');
    if (format !== undefined) formats.push(format);
    layer = child(layer, 'backingStore');
  }
  return formats;
}

/**
 * A source that is no path: of a network disk it is empty without a protocol, of any other type (also
 * one that is not known here) it counts as soon as it is there, so that a disk is not taken for an
 * empty drive. (libvirt `virStorageSourceIsEmpty`.)
 */
function isNamed(source: XmlElement | undefined, type: string): boolean {
  if (source === undefined) return false;
  return type !== 'network' || attribute(source, 'protocol') !== undefined;
}

function readInterface(element: XmlElement): NetworkInterface {
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
}

function memory(
  element: XmlElement | undefined,
  problems: SyntaxProblem[],
): Located<number> | undefined {
  if (element === undefined) return undefined;
  const { name, text: amount } = element;
  return memorySize({ amount, unit: located(element, 'unit'), name }, problems);
}
