import type { Answer, FactsSnapshot, HostSnapshot } from '../../../core/facts/snapshot.ts';

const unknown: Answer<never> = { ok: false, why: 'not asked', from: 'test' };

/** A host that answered nothing but what is given. */
export function host(name: string, said: Partial<HostSnapshot> = {}): HostSnapshot {
  return {
    name,
    at: 1_000_000,
    identity: unknown,
    versions: unknown,
    capacity: unknown,
    cpu: unknown,
    networks: unknown,
    bridges: unknown,
    pools: unknown,
    domains: unknown,
    images: {},
    ...said,
  };
}

export function snapshot(...hosts: HostSnapshot[]): FactsSnapshot {
  return {
    format: 'livemigrate-facts/1',
    hosts: Object.fromEntries(hosts.map((each) => [each.name, each])),
  };
}

/** kvm01 with the image of the sample domain's first disk. */
export const kvm01 = host('kvm01', {
  versions: {
    ok: true,
    from: 'virsh version',
    value: { libvirt: '11.3.0', qemu: '10.0.2', migrateOptions: [] },
  },
  domains: {
    ok: true,
    from: 'virsh list',
    value: [
      {
        name: 'webServer',
        uuid: '0d9c1b8e-4d0a-4d38-a3d5-8a4f0f0a7b10',
        state: 'running',
        persistent: true,
        snapshots: 0,
        xml: '<domain type="kvm"><name>webServer</name></domain>',
        job: undefined,
        maxDowntimeMs: undefined,
        parameters: undefined,
        capabilities: undefined,
        guestAgent: undefined,
      },
    ],
  },
  images: {
    '/var/lib/libvirt/images/openEulerVM.qcow2': {
      ok: true,
      from: 'qemu-img info',
      value: {
        kind: 'file',
        virtualSize: 21_474_836_480,
        format: 'qcow2',
        allocated: 1,
        backing: [],
        filesystem: {
          type: 'ext4',
          source: '/dev/vda1',
          mountPoint: '/',
          id: '1',
          available: 1,
        },
        inode: '1',
        modified: '1',
        deviceIdentity: undefined,
      },
    },
  },
});
