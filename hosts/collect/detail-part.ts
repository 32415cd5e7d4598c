import type { FileFacts, PeerFacts } from '../../core/facts/host-facts.ts';
import type {
  Answer,
  FilesystemFacts,
  ImageFacts,
  ImageLayerFacts,
} from '../../core/facts/snapshot.ts';
import {
  parseBlockDevice,
  parseImageInfo,
  parseStat,
  parseStatfs,
} from '../../core/virsh/parse/image.ts';
import type { FileStat, ImageLayer } from '../../core/virsh/parse/image.ts';
import { mountOf, parseMounts } from '../../core/virsh/parse/mounts.ts';
import type { Mount } from '../../core/virsh/parse/mounts.ts';
import type {
  readMigrateCapabilities,
  readMigrateParameters,
  readMigrationBlockers,
} from '../../core/virsh/parse/qmp.ts';
import type { Section } from '../../core/virsh/parse/sections.ts';
import { readBlockJobs, readMonitors, readRebooting } from './domain-detail.ts';
import { readPeer } from './peer.ts';
import { whyNot } from './reasons.ts';

/**
 * `raw`: the guest may have written anything into it, so its content is never interpreted. `stat`: no
 * image; only what it is counts.
 */
export interface PathQuestion {
  readonly path: string;
  readonly mode: 'raw' | 'probe' | 'stat';
}

export interface DetailPart {
  readonly images: Readonly<Record<string, Answer<ImageFacts>>>;
  /** Domains whose guest agent answered. */
  readonly agents: ReadonlySet<string>;
  readonly monitors: ReadonlyMap<string, MonitorFacts>;
  readonly files: Readonly<Record<string, Answer<FileFacts>>>;
  /** Targets with a block job, by UUID; a domain whose disks could not all be asked is not in it. */
  readonly blockJobs: ReadonlyMap<string, readonly string[]>;
  /** Whether libvirt waits for a power-off to reboot, by name. */
  readonly rebooting: ReadonlyMap<string, boolean>;
  /** Absent when no other host was asked for. */
  readonly peer: PeerFacts | undefined;
}

export interface MonitorFacts {
  readonly parameters: ReturnType<typeof readMigrateParameters>;
  readonly capabilities: ReturnType<typeof readMigrateCapabilities>;
  readonly blockers: ReturnType<typeof readMigrationBlockers>;
}

export interface DetailQuestions {
  /** In the order in which the script was asked. */
  readonly paths: readonly PathQuestion[];
  readonly user: string;
  /** The word before each answer of a virsh call. */
  readonly mark: string;
  /** The URI that was opened, when one was. */
  readonly peerUri?: string | undefined;
}

/** Turns the sections of the second script into facts. Paths come in the order they were asked. */
export function readDetailPart(
  sections: readonly Section[],
  questions: DetailQuestions,
): DetailPart {
  const { paths, user } = questions;
  const agents = new Set<string>();
  const groups: Section[][] = [];
  let mounts: readonly Mount[] = [];
  for (const section of sections) {
    if (section.name === 'ping') {
      const [uuid, answer] = section.out.split(' ');
      if (uuid !== undefined && answer === 'yes') agents.add(uuid);
    } else if (section.name === 'mounts') mounts = parseMounts(section.out);
    else if (section.name === 'image') groups.push([]);
    else groups.at(-1)?.push(section);
  }
  const images: Record<string, Answer<ImageFacts>> = {};
  const files: Record<string, Answer<FileFacts>> = {};
  for (const [index, question] of paths.entries()) {
    const answer = readImage(question, groups[index] ?? [], { mounts, user });
    if (question.mode === 'stat') files[question.path] = fileFacts(answer);
    else images[question.path] = answer;
  }
  return {
    images,
    files,
    agents,
    monitors: readMonitors(sections),
    blockJobs: readBlockJobs(sections, questions.mark),
    rebooting: readRebooting(sections),
    peer: readPeer(sections, questions.peerUri),
  };
}

function fileFacts(answer: Answer<ImageFacts>): Answer<FileFacts> {
  if (!answer.ok) return answer;
  const { kind, filesystem } = answer.value;
  return { ...answer, value: { kind, filesystem: filesystem?.type } };
}

interface Around {
  readonly mounts: readonly Mount[];
  readonly user: string;
}

function readImage(
  question: PathQuestion,
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
  if ((file.kind !== 'file' && file.kind !== 'block') || question.mode === 'stat')
    return { ok: true, from: 'stat', value: facts };
  return question.mode === 'raw'
    ? rawImage(facts, file, block?.size)
    : probedImage(facts, sections, around);
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
  around: Around,
): Answer<ImageFacts> {
  const from = 'qemu-img info';
  const chain: { readonly layer: ImageLayer; readonly place: Section[] }[] = [];
  for (const section of sections) {
    if (section.name.startsWith('layer-')) chain.at(-1)?.place.push(section);
    if (section.name !== 'layer') continue;
    if (section.code !== 0) return { ok: false, why: whyNot(section, around.user), from };
    const layer = parseImageInfo(section.out);
    if (layer === undefined) return { ok: false, why: 'its output could not be understood', from };
    chain.push({ layer, place: [] });
  }
  const [top, ...below] = chain;
  if (top === undefined) return { ok: false, why: 'it was not asked', from };
  const last = chain.at(-1)?.layer.backing;
  const backing = chain.flatMap(({ layer }) => layer.backing ?? []);
  // A chain that could not be followed to its end is told by its last name.
  if (last !== undefined && last.startsWith('/'))
    return { ok: false, why: `the backing file ${last} was not followed further`, from };
  const layers = below.flatMap(
    ({ layer, place }, index) =>
      placedLayer(chain[index]?.layer.backing, { layer, place }, around.mounts) ?? [],
  );
  const { virtualSize, format } = top.layer;
  return { ok: true, from, value: { ...facts, virtualSize, format, backing, layers } };
}

function placedLayer(
  path: string | undefined,
  { layer, place }: { readonly layer: ImageLayer; readonly place: readonly Section[] },
  mounts: readonly Mount[],
): ImageLayerFacts | undefined {
  const find = (name: string): Section | undefined =>
    place.find((section) => section.name === `layer-${name}`);
  const file = parseStat(find('stat')?.out ?? '');
  if (path === undefined || file === undefined) return undefined;
  return {
    path,
    format: layer.format,
    virtualSize: layer.virtualSize,
    kind: file.kind,
    inode: file.inode,
    modified: file.modified,
    deviceIdentity:
      file.kind === 'block' ? parseBlockDevice(find('block')?.out ?? '')?.identity : undefined,
    filesystem: readFilesystem(find, mounts),
  };
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
