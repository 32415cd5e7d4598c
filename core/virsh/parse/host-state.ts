import type {
  HostTopology,
  HugePages,
  KernelFacts,
  LibvirtSecret,
  NumaNode,
  PowerState,
  TpmEmulator,
} from '../../facts/host-facts.ts';
import { parseJson } from './image.ts';
import { record } from './qmp.ts';

/** `date +%s.%N` in epoch milliseconds; where `date` knows no %N, the second that it tells. */
export function parseDate(
  text: string,
): { readonly at: number; readonly precision: number } | undefined {
  const match = /^(\d{9,11})(?:\.(\d{1,9}))?/.exec(text.trim());
  if (match === null) return undefined;
  const [, seconds = '', fraction] = match;
  return fraction === undefined
    ? { at: Number(seconds) * 1000, precision: 1000 }
    : { at: Number(seconds) * 1000 + Number(`0.${fraction}`) * 1000, precision: 1 };
}

/**
 * Lines `scheduled KEY=value` of logind's /run/systemd/shutdown/scheduled (USEC since the epoch, MODE),
 * `pending FILE` of other inits, `state WORD` of `systemctl is-system-running`.
 */
export function parsePower(text: string): PowerState {
  const value = (key: string): string | undefined =>
    new RegExp(`^scheduled ${key}=(.+)$`, 'm').exec(text)?.[1];
  const microseconds = value('USEC');
  const at =
    microseconds !== undefined && /^\d{1,17}$/.test(microseconds)
      ? Math.floor(Number(microseconds) / 1000)
      : undefined;
  const mode = value('MODE') ?? (/^(scheduled|pending) /m.test(text) ? 'shutdown' : undefined);
  // `shutdown -k` and `--show` announce and do nothing; logind writes them as dry runs.
  const dry = mode?.startsWith('dry-') === true;
  return {
    scheduled: mode === undefined || dry ? undefined : { mode, at },
    stopping: /^state stopping$/m.test(text),
  };
}

/** Lines `release 6.1.0`, `unprivileged_userfaultfd 0`, `overcommit_memory 0`. */
export function parseKernel(text: string): KernelFacts | undefined {
  const release = /^release (\S+)$/m.exec(text)?.[1];
  if (release === undefined) return undefined;
  const setting = (name: string): number | undefined => {
    const value = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  return {
    release,
    unprivilegedUserfaultfd: setting('unprivileged_userfaultfd'),
    overcommitMemory: setting('overcommit_memory'),
  };
}

/**
 * What /sys says of CPUs, NUMA nodes and huge pages. Lines: `cpus 0-3`; `pages KIB TOTAL FREE`, first
 * those of the host; `node ID` begins a node, then its `cpulist`, `MemTotal`, `MemFree` and `pages`;
 * `mount PATH` for each hugetlbfs.
 */
export function parseTopology(text: string): HostTopology | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const cpus = lines.find((line) => line.startsWith('cpus '))?.slice('cpus '.length);
  if (cpus === undefined || cpus === '') return undefined;
  const groups: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('node ')) groups.push([]);
    groups.at(-1)?.push(line);
  }
  const [host = [], ...nodes] = groups;
  return {
    cpus,
    nodes: nodes.flatMap((node) => parseNode(node) ?? []),
    hugePages: hugePagesOf(host),
    hugePageMounts: lines.flatMap((line) => /^mount (\/.*)$/.exec(line)?.[1] ?? []),
  };
}

function parseNode(lines: readonly string[]): NumaNode | undefined {
  const value = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
  const id = Number(value('node'));
  if (!Number.isInteger(id)) return undefined;
  return {
    id,
    cpus: value('cpulist') ?? '',
    memoryTotal: Number(value('MemTotal') ?? 0) * 1024,
    memoryFree: Number(value('MemFree') ?? 0) * 1024,
    hugePages: hugePagesOf(lines),
  };
}

function hugePagesOf(lines: readonly string[]): readonly HugePages[] {
  return lines.flatMap((line) => {
    const match = /^pages (\d+) (\d+) (\d+)$/.exec(line);
    if (match === null) return [];
    const [, size, total, free] = match;
    return [{ size: Number(size) * 1024, total: Number(total), free: Number(free) }];
  });
}

/** Local addresses of /proc/net/tcp and tcp6 (`0100007F:1F90`): the port is hexadecimal. */
export function parseListeningPorts(text: string): readonly number[] {
  const ports = [...text.matchAll(/^[0-9A-F]+:([0-9A-F]{4})$/gm)].map((match) =>
    Number.parseInt(match[1] ?? '', 16),
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** Reads `virsh secret-list`: a UUID and its usage a row; undefined when there is no table. */
export function parseSecrets(text: string): readonly LibvirtSecret[] | undefined {
  if (!/^-{3,}\s*$/m.test(text)) return undefined;
  return text.split('\n').flatMap((line) => {
    const match = /^\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s+(.*?)\s*$/.exec(line);
    return match?.[1] === undefined ? [] : [{ uuid: match[1], usage: match[2] ?? '' }];
  });
}

/** Reads `swtpm socket --print-capabilities`. */
export function parseTpm(text: string): TpmEmulator | undefined {
  const said = record(parseJson(text.trim()));
  if (said === undefined) return undefined;
  const { version, features } = said;
  return {
    installed: true,
    version: typeof version === 'string' ? version : undefined,
    features: Array.isArray(features)
      ? features.filter((each): each is string => typeof each === 'string')
      : [],
  };
}
