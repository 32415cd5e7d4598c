import type { CertificateFile, HostInterface } from '../../../core/facts/host-facts.ts';
import type { HostSnapshot } from '../../../core/facts/snapshot.ts';

const GiB = 1024 ** 3;

function answer<T>(value: T, from: string): { ok: true; value: T; from: string } {
  return { ok: true, value, from };
}

function link(name: string, more: Partial<HostInterface> = {}): HostInterface {
  return {
    name,
    kind: undefined,
    mac: undefined,
    mtu: 1500,
    up: true,
    master: undefined,
    parent: undefined,
    vlan: undefined,
    addresses: [],
    gateways: [],
    speed: undefined,
    ...more,
  };
}

/** A certificate of the one authority of both hosts. */
function certificateOf(host: number): CertificateFile {
  const name = `kvm0${host}.example.com`;
  return {
    state: 'present',
    certificate: {
      commonName: name,
      dnsNames: [name],
      addresses: [`10.1.0.1${host}`],
      validFrom: 0,
      validTo: Date.UTC(2040, 0, 1),
      validity: 'valid',
      fingerprints: [`of-${name}`],
      issuedByOwnCa: true,
      issuer: 'authority',
    },
  };
}

const authority: CertificateFile = {
  state: 'present',
  certificate: {
    commonName: 'Authority',
    dnsNames: [],
    addresses: [],
    validFrom: 0,
    validTo: Date.UTC(2040, 0, 1),
    validity: 'valid',
    fingerprints: ['authority'],
    issuedByOwnCa: true,
    issuer: 'authority',
  },
};

/** The later parts of a host's facts: two equal hosts in one segment, with nothing in the way. */
export function hostState(number: number): Partial<HostSnapshot> {
  return {
    access: answer({ user: 'root', libvirt: true, said: undefined }, 'virsh version --daemon'),
    clock: answer({ ahead: 0, uncertainty: 5 }, 'date'),
    power: answer({ scheduled: undefined, stopping: false }, 'systemctl is-system-running'),
    pressure: answer(
      {
        load: [2, 2, 2],
        cpus: 16,
        stalls: { cpuSome: 12, memoryFull: 0, ioFull: 1 },
      },
      '/proc/pressure',
    ),
    kernel: answer(
      { release: '6.6.0', unprivilegedUserfaultfd: 1, overcommitMemory: 0 },
      '/proc/sys/vm',
    ),
    topology: answer(
      {
        cpus: '0-15',
        nodes: [0, 1].map((id) => ({
          id,
          cpus: id === 0 ? '0-7' : '8-15',
          memoryTotal: 32 * GiB,
          memoryFree: 24 * GiB,
          hugePages: [],
        })),
        hugePages: [{ size: 2 * 1024 ** 2, total: 4096, free: 4096 }],
        hugePageMounts: ['/dev/hugepages'],
      },
      '/sys/devices/system',
    ),
    interfaces: answer(
      [
        link('eth0', { master: 'br0', speed: 1e10 }),
        link('br0', {
          kind: 'bridge',
          addresses: [`10.1.0.1${number}/24`],
          gateways: [{ address: '10.1.0.254', mac: '52:54:00:ff:00:fe' }],
        }),
        link('virbr0', { kind: 'bridge' }),
      ],
      'ip addr show',
    ),
    ports: answer([22], '/proc/net/tcp'),
    emulation: answer(
      {
        emulators: [{ arch: 'x86_64', path: '/usr/bin/qemu-system-x86_64' }],
        securityModels: ['selinux', 'dac'],
        migrationTransports: ['tcp', 'rdma'],
      },
      'virsh capabilities',
    ),
    configuration: answer(
      {
        migrationPorts: { first: 49152, last: 49215 },
        migrationAddress: undefined,
        migrationHost: undefined,
        tlsVerify: true,
        tlsForce: false,
        lockManager: undefined,
        sharedFilesystems: [],
        user: undefined,
      },
      '/etc/libvirt/qemu.conf',
    ),
    certificates: answer(
      {
        folder: '/etc/pki/qemu',
        ca: authority,
        server: certificateOf(number),
        client: certificateOf(number),
        serverKey: 'present',
        clientKey: 'present',
      },
      'qemu.conf, certificates',
    ),
    secrets: answer([], 'virsh secret-list'),
    tpm: answer(
      { installed: true, version: '0.9.0', features: ['cmdarg-migration'] },
      'swtpm socket --print-capabilities',
    ),
    files: {
      '/usr/bin/qemu-system-x86_64': answer({ kind: 'file', filesystem: 'ext4' }, 'stat'),
      '/var/lib/libvirt/swtpm': answer({ kind: 'directory', filesystem: 'ext4' }, 'stat'),
    },
    ...(number === 1
      ? {
          peers: {
            kvm02: answer(
              {
                uri: 'qemu+ssh://root@kvm02/system',
                connection: { connects: true, said: undefined },
                ports: [
                  { host: 'kvm02', port: 22, state: 'open' },
                  { host: 'kvm02', port: 49152, state: 'refused' },
                ],
                roundTrip: { milliseconds: 0.2, loss: 0 },
                through: { name: 'br0', speed: 1e10 },
              },
              'virsh -c URI version',
            ),
          },
        }
      : {}),
  };
}
