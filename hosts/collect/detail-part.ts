import type { Answer, FilesystemFacts, ImageFacts } from '../../core/facts/snapshot.ts';
import {
  parseBlockDevice,
  parseImageInfo,
  parseStat,
  parseStatfs,
} from '../../core/virsh/parse/image.ts';
import type { FileStat, ImageLayer } from '../../core/virsh/parse/image.ts';
import { mountOf, parseMounts } from '../../core/virsh/parse/mounts.ts';
import type { Mount } from '../../core/virsh/parse/mounts.ts';
import {
  parseQmp,
  readMigrateCapabilities,
  readMigrateParameters,
} from '../../core/virsh/parse/qmp.ts';
import type { Section } from '../../core/virsh/parse/sections.ts';
import { whyNot } from './reasons.ts';

/** `raw`: the guest may have written anything into it, so its content is never interpreted. */
export interface ImageQuestion {
  readonly path: string;
  readonly mode: 'raw' | 'probe';
}

export interface DetailPart {
  readonly images: Readonly<Record<string, Answer<ImageFacts>>>;
  /** Domains whose guest agent answered. */
  readonly agents: ReadonlySet<string>;
  readonly monitors: ReadonlyMap<string, MonitorFacts>;
}

export interface MonitorFacts {
  readonly parameters: ReturnType<typeof readMigrateParameters>;
  readonly capabilities: ReturnType<typeof readMigrateCapabilities>;
}

/** Turns the sections of the second script into facts. Images come in the order they were asked. */
export function readDetailPart(
  sections: readonly Section[],
  questions: readonly ImageQuestion[],
  user: string,
): DetailPart {
  const agents = new Set<string>();
  const monitors = new Map<
    string,
    { parameters: MonitorFacts['parameters']; capabilities: MonitorFacts['capabilities'] }
  >();
  const groups: Section[][] = [];
  let mounts: readonly Mount[] = [];
  let monitor: string | undefined;
  for (const section of sections) {
    switch (section.name) {
      case 'ping': {
        const [uuid, answer] = section.out.split(' ');
        if (uuid !== undefined && answer === 'yes') agents.add(uuid);
        break;
      }
      case 'mounts':
        mounts = parseMounts(section.out);
        break;
      case 'image':
        groups.push([]);
        break;
      case 'monitor':
        monitor = section.out;
        monitors.set(monitor, { parameters: undefined, capabilities: undefined });
        break;
      case 'parameters':
      case 'monitor-capabilities': {
        const facts = monitor === undefined ? undefined : monitors.get(monitor);
        if (facts === undefined || section.code !== 0) break;
        if (section.name === 'parameters')
          facts.parameters = readMigrateParameters(parseQmp(section.out));
        else facts.capabilities = readMigrateCapabilities(parseQmp(section.out));
        break;
      }
      default:
        groups.at(-1)?.push(section);
    }
  }
  const images = questions.map(
    (question, index) =>
      [question.path, readImage(question, groups[index] ?? [], { mounts, user })] as const,
  );
  return { images: Object.fromEntries(images), agents, monitors };
}

interface Around {
  readonly mounts: readonly Mount[];
  readonly user: string;
}

function readImage(
  question: ImageQuestion,
  sections: readonly Section[],
  around: Around,
): Answer<ImageFacts> {
  const find = (name: string): Section | undefined =>
    sections.find((section) => section.name === name);
  const stat = find('stat');
  const unknown = (from: string, why: string): Answer<ImageFacts> => ({ ok: false, why, from });
  if (stat === undefined) return unknown('stat', `${question.path} was not looked at`);
  const filesystem = readFilesystem(find, around.mounts);
  if (stat.code !== 0) {
    if (!/No such file or directory/.test(stat.err))
      return unknown('stat', whyNot(stat, around.user));
    // A link that leads nowhere: something is at the path, and it is no image.
    const kind = find('link') === undefined ? 'missing' : 'other';
    return { ok: true, from: 'stat', value: { ...nothing, kind, filesystem } };
  }
  const file = parseStat(stat.out);
  if (file === undefined) return unknown('stat', 'its output could not be understood');
  const block = file.kind === 'block' ? parseBlockDevice(find('block')?.out ?? '') : undefined;
  const facts: ImageFacts = {
    ...nothing,
    kind: file.kind,
    filesystem,
    allocated: file.kind === 'block' ? block?.size : file.allocated,
    inode: file.inode,
    modified: file.modified,
    deviceIdentity: block?.identity,
  };
  if (file.kind !== 'file' && file.kind !== 'block')
    return { ok: true, from: 'stat', value: facts };
  return question.mode === 'raw'
    ? rawImage(facts, file, block?.size)
    : probedImage(facts, sections, around.user);
}

/** The guest sees whole sectors of a raw file, as QEMU rounds up. */
function rawImage(
  facts: ImageFacts,
  file: FileStat,
  blockSize: number | undefined,
): Answer<ImageFacts> {
  const virtualSize = file.kind === 'block' ? blockSize : Math.ceil(file.size / 512) * 512;
  return { ok: true, from: 'stat', value: { ...facts, format: 'raw', virtualSize } };
}

function probedImage(
  facts: ImageFacts,
  sections: readonly Section[],
  user: string,
): Answer<ImageFacts> {
  const from = 'qemu-img info';
  const layers: ImageLayer[] = [];
  for (const section of sections) {
    if (section.name !== 'layer') continue;
    if (section.code !== 0) return { ok: false, why: whyNot(section, user), from };
    const layer = parseImageInfo(section.out);
    if (layer === undefined) return { ok: false, why: 'its output could not be understood', from };
    layers.push(layer);
  }
  const [top] = layers;
  if (top === undefined) return { ok: false, why: 'it was not asked', from };
  const last = layers.at(-1)?.backing;
  const backing = layers.flatMap((layer) => layer.backing ?? []);
  // A chain that could not be followed to its end is told by its last name.
  if (last !== undefined && last.startsWith('/'))
    return { ok: false, why: `the backing file ${last} was not followed further`, from };
  const { virtualSize, format } = top;
  return { ok: true, from, value: { ...facts, virtualSize, format, backing } };
}

function readFilesystem(
  find: (name: string) => Section | undefined,
  mounts: readonly Mount[],
): FilesystemFacts | undefined {
  const real = find('real');
  const device = find('device-of');
  const statfs = parseStatfs(find('statfs')?.out ?? '');
  if (real?.code !== 0 || device?.code !== 0 || statfs === undefined) return undefined;
  const mount = mountOf(real.out, mounts);
  if (mount === undefined) return undefined;
  return { ...mount, id: `${device.out.trim()}:${statfs.id}`, available: statfs.available };
}

const nothing: Omit<ImageFacts, 'kind'> = {
  virtualSize: undefined,
  format: undefined,
  allocated: undefined,
  backing: [],
  filesystem: undefined,
  inode: undefined,
  modified: undefined,
  deviceIdentity: undefined,
};
