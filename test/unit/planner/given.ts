import { createHash } from 'node:crypto';
import type { MigrationDescriptor } from '../../../core/descriptor/descriptor.ts';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import { readDomain } from '../../../core/domain/read.ts';
import type {
  DomainFacts,
  FactsSnapshot,
  HostSnapshot,
  ImageFacts,
  ImageLayerFacts,
} from '../../../core/facts/snapshot.ts';
import { migrationFacts } from '../../../core/facts/view.ts';
import type { PlanResult } from '../../../core/planner/plan.ts';
import { planMigration } from '../../../core/planner/plan-migration.ts';
import type { PlanInput } from '../../../core/planner/plan-migration.ts';
import type { CheckResult } from '../../../core/rules/engine.ts';
import { parseXml } from '../../../core/xml/parse.ts';

export const uuid = '6649cfac-5ad2-41d0-965b-150bff9305b1';
export const GiB = 1024 ** 3;

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** One disk of the domain in `given`, with what each host says of its image. */
export interface GivenDisk {
  readonly target: string;
  readonly path: string;
  readonly format?: string;
  readonly flags?: string;
  readonly device?: string;
  readonly type?: string;
  readonly source?: Partial<ImageFacts>;
  readonly destination?: Partial<ImageFacts> | 'missing';
}

export interface Given {
  /** Lines of the descriptor below its head. */
  readonly yaml?: string;
  readonly name?: string;
  readonly disks?: readonly GivenDisk[];
  readonly domain?: Partial<DomainFacts>;
  readonly destinationDomains?: readonly DomainFacts[];
  readonly pools?: readonly { name: string; active: boolean; path: string; available: undefined }[];
  readonly destinationHostUuid?: string;
  readonly destinationUri?: string;
  readonly migrationAddress?: string;
  readonly check?: Partial<CheckResult>;
  /** XML that the rules saw, when it is not the live one. */
  readonly seenXml?: string;
  /** Other paths of the destination that were asked for; nothing is there. */
  readonly missing?: readonly string[];
  /** Other images that both hosts were asked for: backing files, devices. */
  readonly bases?: readonly GivenDisk[];
  /** Long options that virsh on the source lists; none by default, as when it was not asked. */
  readonly migrateOptions?: readonly string[];
  readonly destinationLibvirt?: string;
  /** Leaves the images of the destination unknown. */
  readonly blind?: boolean;
}

export function domainXml(name: string, disks: readonly GivenDisk[]): string {
  const text = (value: string): string =>
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;');
  const devices = disks.map(
    ({ target, path, format = 'qcow2', flags = '', device = 'disk', type = 'file' }) =>
      `<disk type='${type}' device='${device}'><driver name='qemu' type='${format}' cache='none'/>` +
      `<source ${type === 'block' ? 'dev' : type === 'network' ? 'protocol="rbd" name' : 'file'}='${text(path)}'/>` +
      `<target dev='${text(target)}' bus='virtio'/>${flags}</disk>`,
  );
  return `<domain type='kvm'>
  <name>${text(name)}</name>
  <uuid>${uuid}</uuid>
  <memory unit='GiB'>4</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
  <devices>${devices.join('\n    ')}</devices>
</domain>
`;
}

/** A file on a shared mount of both hosts. */
export function onNfs(inode = '42'): Partial<ImageFacts> {
  return {
    inode,
    filesystem: {
      type: 'nfs4',
      source: 'nas:/images',
      mountPoint: '/images',
      id: 'nfs',
      available: 500 * GiB,
    },
  };
}

export const sharedDisk: GivenDisk = {
  target: 'vda',
  path: '/images/vm.qcow2',
  source: onNfs(),
  destination: onNfs(),
};
export const localDisk: GivenDisk = {
  target: 'vda',
  path: '/var/lib/libvirt/images/vm.qcow2',
  destination: 'missing',
};

function image(given: Partial<ImageFacts> | 'missing' | undefined): ImageFacts {
  const missing = given === 'missing';
  return {
    kind: missing ? 'missing' : 'file',
    virtualSize: missing ? undefined : 20 * GiB,
    format: missing ? undefined : 'qcow2',
    allocated: missing ? undefined : 3 * GiB,
    backing: [],
    filesystem: {
      type: 'ext4',
      source: '/dev/sda1',
      mountPoint: '/',
      id: 'ext',
      available: 100 * GiB,
    },
    inode: missing ? undefined : '7',
    modified: undefined,
    deviceIdentity: undefined,
    ...(missing ? {} : given),
  };
}

function host(name: string, hostUuid: string, domains: readonly DomainFacts[]): HostSnapshot {
  const answer = <T>(value: T) => ({ ok: true as const, value, from: 'test' });
  return {
    name,
    at: 1000,
    identity: answer({ hostname: name, uuid: hostUuid, bootId: `boot-${name}` }),
    versions: answer({ libvirt: '11.3.0', qemu: '10.0.0', migrateOptions: [] }),
    capacity: answer({ cpus: 8, memoryTotal: 64 * GiB, memoryAvailable: 32 * GiB }),
    cpu: answer({
      arch: 'x86_64',
      model: 'EPYC',
      vendor: 'AMD',
      modelName: 'EPYC',
      features: [],
      machines: ['pc-q35-7.2'],
      usableModels: [],
    }),
    networks: answer([]),
    bridges: answer([]),
    pools: answer([]),
    domains: answer(domains),
    images: {},
  };
}

/** What the source says of the images below a disk: those of `bases` that its chain names. */
function layersOf(disk: GivenDisk, bases: readonly GivenDisk[]): readonly ImageLayerFacts[] {
  return (disk.source?.backing ?? []).flatMap((path) => {
    const base = bases.find((one) => one.path === path);
    if (base === undefined) return [];
    const { kind, inode, modified, deviceIdentity, filesystem, ...facts } = image(base.source);
    const { virtualSize = 0, format = '' } = facts;
    return [{ path, format, virtualSize, kind, inode, modified, deviceIdentity, filesystem }];
  });
}

function versionsOf(libvirt: string, migrateOptions: readonly string[]): HostSnapshot['versions'] {
  return { ok: true, value: { libvirt, qemu: '10.0.0', migrateOptions }, from: 'test' };
}

export function domainFacts(name: string, xml: string): DomainFacts {
  return {
    name,
    uuid,
    state: 'running',
    persistent: true,
    snapshots: 0,
    xml,
    job: undefined,
    maxDowntimeMs: 300,
    parameters: undefined,
    capabilities: undefined,
    guestAgent: undefined,
  };
}

/** The input of the planner for a situation, with everything else as harmless as can be. */
export function planInput(given: Given): PlanInput {
  const name = given.name ?? 'web01';
  const disks = given.disks ?? [sharedDisk];
  const xml = domainXml(name, disks);
  const descriptor = loadDescriptor(
    'file:///vm.migration.yaml',
    `apiVersion: livemigrate/v1\nkind: Migration\ndomain: ${JSON.stringify(name)}\nsource: kvm01\ndestination: kvm02\n${given.yaml ?? ''}`,
  ) as MigrationDescriptor;
  const images = (side: 'source' | 'destination') =>
    Object.fromEntries(
      [...disks, ...(given.bases ?? [])]
        .filter(({ type = 'file' }) => type !== 'network')
        .map((disk) => [
          disk.path,
          {
            ok: true as const,
            value:
              side === 'source'
                ? { ...image(disk[side]), layers: layersOf(disk, given.bases ?? []) }
                : image(disk[side]),
            from: 'qemu-img info',
          },
        ]),
    );
  const missing = Object.fromEntries(
    (given.missing ?? []).map((path) => [
      path,
      { ok: true as const, value: image('missing'), from: 'qemu-img info' },
    ]),
  );
  const source = host('kvm01', 'host-1', [{ ...domainFacts(name, xml), ...given.domain }]);
  const destination = host(
    'kvm02',
    given.destinationHostUuid ?? 'host-2',
    given.destinationDomains ?? [],
  );
  const snapshot: FactsSnapshot = {
    format: 'livemigrate-facts/1',
    hosts: {
      kvm01: {
        ...source,
        versions: versionsOf('11.3.0', given.migrateOptions ?? []),
        images: images('source'),
      },
      kvm02: {
        ...destination,
        versions: versionsOf(given.destinationLibvirt ?? '11.3.0', []),
        pools: { ok: true, value: given.pools ?? [], from: 'test' },
        images: given.blind === true ? {} : { ...missing, ...images('destination') },
      },
    },
  };
  const seen = readDomain('live', parseXml(given.seenXml ?? xml)).domain;
  if (seen === undefined) throw new Error('the fixture is no domain XML');
  return {
    descriptor,
    domain: seen,
    domainXmlText: xml,
    facts: migrationFacts({ descriptor, domain: undefined, snapshot, prefer: 'live' }),
    destinationUri: given.destinationUri ?? 'qemu+ssh://root@kvm02/system',
    migrationAddress: given.migrationAddress,
    check: {
      problems: [],
      waiting: [],
      ran: [],
      off: [],
      lowered: [],
      suppressed: [],
      elsewhere: new Set(),
      ...given.check,
    },
    hash: sha256,
  };
}

export function plan(given: Given = {}): PlanResult {
  return planMigration(planInput(given));
}
