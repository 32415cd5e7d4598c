import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import { readDomain } from '../../../core/domain/read.ts';
import { explainFailure } from '../../../core/explain/explain.ts';
import { failureTexts } from '../../../core/explain/failure-texts.ts';
import { constraints } from '../../../core/rules/catalogue.ts';
import { allRules } from '../../../core/rules/all.ts';
import { parseXml } from '../../../core/xml/parse.ts';

/** Text → id. “seen”: printed in trials by libvirt 9.0 with QEMU 7.2, or 11.3 with QEMU 10.0. */
const seen: Readonly<Record<string, string>> = {
  "error: operation aborted: job 'migration out' canceled by client": 'cancelled',
  'error: operation aborted: migration out: canceled by client': 'cancelled',
  "error: Requested operation is not valid: another migration job is already running for domain 'vm1'":
    'second-migration-same-domain',
  'error: Requested operation is not valid: no job is active on the domain': 'no-active-job',
  'error: Requested operation is not valid: migration statistics are available only on the source host':
    'statistics-on-source',
  'the dirty rate is already being measured.': 'dirty-rate-busy',
  'calc-time is out of range[1, 60].': 'dirty-rate-range',
  'sample-pages is out of range[128, 16384].': 'dirty-rate-range',
  'error: migrate: Invalid downtime': 'setmaxdowntime-range',
  "error: internal error: unable to execute QEMU command 'migrate-set-parameters': Parameter 'xbzrle_cache_size' expects a power of two no less than the target page size":
    'xbzrle-cache-power-of-two',
  "Parameter 'compress-method' is unexpected": 'parameter-unknown',
  'error: operation failed: migration of disk vda failed: Source and target image have different sizes':
    'dest-image-size-equal',
  "error: Storage pool not found: no storage pool with matching target path '/var/lib/libvirt/images'":
    'precreate-needs-pool',
  'error: Unsafe migration: Migration without shared storage is unsafe': 'disk-local-fs',
  'error: Unsafe migration: Migration may lead to data corruption if disks use cache other than none or directsync':
    'disk-cache-unsafe',
  "error: internal error: unable to execute QEMU command 'block-export-add': Block node is read-only":
    'self-copy-same-image',
  'error: invalid argument: disk target sdz not found': 'migrate-disks-unknown-target',
  'error: Operation not supported: Cannot migrate empty or read-only disk vda':
    'migrate-disks-readonly-or-empty',
  'error: unable to stat: /var/lib/libvirt/images/st.qcow2: No such file or directory':
    'equal-storage-access',
  "error: Cannot access storage file '/var/lib/libvirt/images/local.iso': No such file or directory":
    'equal-storage-access',
  "error: unsupported configuration: 'file' driver requires '/images/x' to be a regular file":
    'dest-block-device',
  "error: '--migrate-disks' requires one of '--copy-storage-all', '--copy-storage-inc'":
    'migrate-disks-needs-copy-flag',
  "error: operation failed: domain 'vm1' already exists with uuid 11111111-1111-4111-8111-111111111111":
    'uuid-name-conflict',
  "error: operation failed: domain 'other' is already defined with uuid 4860d49c-ec18-4703-9482-c73fdb5825ab":
    'uuid-name-conflict',
  'error: internal error: Attempt to migrate guest to the same host bbbbbbbb-0000-4000-8000-000000000012':
    'same-host',
  'error: Requested operation is not valid: cannot migrate domain with 1 snapshots':
    'has-snapshots',
  "error: Cannot get interface MTU on 'br-vm': No such device": 'bridge-exists',
  "error: Network not found: no network with matching name 'lan'": 'network-exists-active',
  "error: Requested operation is not valid: network 'lan' is not active": 'network-exists-active',
  "error: unsupported configuration: Emulator '/usr/bin/qemu-system-x86_64' does not support machine type 'pc-q35-10.0'":
    'machine-type-supported',
  'error: unsupported configuration: Target CPU model EPYC does not match source qemu64':
    'abi-stable-xml',
  'error: Requested operation is not valid: cannot perform tunnelled migration without using peer2peer flag':
    'tunnelled-needs-p2p',
  "error: Flags 'VIR_MIGRATE_TUNNELLED' and 'VIR_MIGRATE_PARALLEL' are mutually exclusive":
    'tunnelled-parallel',
  'error: invalid argument: Turn parallel migration on to tune it': 'parallel-tune',
  "error: argument unsupported: Unsupported compression method 'zstd'": 'comp-unknown',
  "error: internal error: unable to execute QEMU command 'migrate-set-capabilities': Multifd is not compatible with compress":
    'comp-mt-xbzrle-parallel',
  "error: argument unsupported: Migration option 'compress' is not supported by QEMU binary":
    'compress-removed',
  "error: internal error: unable to execute QEMU command 'object-add': Unable to access credentials /etc/pki/qemu/ca-cert.pem: No such file or directory":
    'tls-certs-present',
  'error: Certificate does not match the hostname dst': 'tls-hostname-mismatch',
  "error: Our own certificate /etc/pki/qemu/client-cert.pem failed validation against /etc/pki/qemu/ca-cert.pem: The certificate hasn't got a known issuer.":
    'tls-certs-present',
  'error: TLS handshake failed: Error in the pull function.': 'tls-certs-present',
  'error: Cannot recv data: ssh: Could not resolve hostname nohost: Temporary failure in name resolution: Connection reset by peer':
    'connectivity-libvirtd',
  'error: Cannot recv data: ssh: connect to host 10.77.0.99 port 22: No route to host: Connection reset by peer':
    'connectivity-libvirtd',
  'error: Cannot recv data: nobody@dst: Permission denied (publickey,keyboard-interactive).: Connection reset by peer':
    'connectivity-libvirtd',
  "error: unable to connect to server at '10.77.0.99:49152': No route to host":
    'connectivity-libvirtd',
  'error: internal error: client socket is closed': 'net-link-stable',
  'error: End of file while reading data: : Input/output error': 'net-link-stable',
  "error: operation failed: job 'migration out' failed: Unable to write to socket: Connection reset by peer":
    'net-link-stable',
  "error: operation failed: job 'migration out' failed: Unable to write to socket: Bad file descriptor":
    'destination-qemu-ended',
  'error: Unable to read from monitor: Connection reset by peer': 'destination-qemu-ended',
  'error: operation failed: domain is not running': 'guest-power-op-during-migration',
  'error: Requested operation is not valid: domain is not running': 'active-domain-required',
};

/** The same constraint in another wording, old or new, as libvirt’s and QEMU’s sources have it. */
const read: Readonly<Record<string, string>> = {
  'error: Requested operation is not valid: domain has assigned non-USB host devices':
    'hostdev-pci',
  'operation failed: Lost connection to destination host': 'net-link-stable',
  'internal error: connection closed due to keepalive timeout': 'net-link-stable',
  "Could not open '/images/a.qcow2': No such file or directory": 'equal-storage-access',
  "Cannot access storage file '/p' (as uid:107, gid:107): Permission denied":
    'equal-storage-access',
  "Could not open backing file: Could not open '/images/b.qcow2': No such file or directory":
    'disk-backing-chain-local',
  'Failed to get "write" lock\nIs another process using the image [/images/a.img]?':
    'self-copy-same-image',
  'unable to execute QEMU command \'nbd-server-add\': Failed to get "write" lock':
    'self-copy-same-image',
  'Operation not supported: pre-creation of storage targets for incremental storage migration is not supported':
    'precreate-incremental',
  "use of 'VIR_MIGRATE_PARAM_MIGRATE_DISKS' requires use of 'VIR_MIGRATE_NON_SHARED_DISK' or 'VIR_MIGRATE_NON_SHARED_INC' flag":
    'migrate-disks-needs-copy-flag',
  'Both port and URI requested for disk migration while being mutually exclusive': 'nbd-port',
  'URI with tcp scheme did not provide a server part: tcp:/': 'disks-uri-scheme',
  'NBD migration with TLS is not supported over UNIX socket': 'disks-uri-scheme',
  'UNIX disks URI does not include path': 'disks-uri-scheme',
  "Parameter 'downtime_limit' expects an integer in the range of 0 to 2000 seconds":
    'setmaxdowntime-range',
  'domain is not being migrated': 'setmaxdowntime-range',
  'Calculation time is out of range [50ms, 60000ms].': 'dirty-rate-range',
  'host migration TLS directory not configured': 'tls-certs-present',
  'Cannot read from TLS channel: Input/output error': 'tls-certs-present',
  "guest CPU doesn't match specification: missing features: a": 'cpu-features-subset',
  "cannot migrate a domain with <hostdev mode='subsystem' type='scsi_host'>": 'hostdev-scsi',
  '0000:3b:00.0: VFIO migration is not supported in kernel': 'hostdev-pci',
  'cannot migrate domain: 0000:3b:00.0: VFIO migration is not supported in kernel': 'hostdev-pci',
  'Operation not supported: migration with this virtiofs device is not supported': 'virtiofs',
  'migration with shmem device is not supported': 'shmem-role',
  'Migration disabled: failed to allocate shared memory': 'qemu-vhost-no-memfd',
  'This operating system kernel does not support vGICv3 migration': 'qemu-gic-its',
  'NBD migration with TLS is not supported': 'tls-nbd-old',
  'QEMU NBD server does not support TLS transport': 'tls-nbd-old',
  'listen address is not supported by tunnelled migration': 'tunnelled-uri',
  'disk port address is not supported by tunnelled migration': 'tunnelled-uri',
  'missing host in migration URI: tcp:': 'uri-scheme',
  'missing scheme in migration URI': 'uri-scheme',
  'Host backend files need to be TMPFS or HUGETLBFS only\nPostcopy is not supported':
    'postcopy-host-support',
  'Userfault on this host does not support huge pages': 'postcopy-host-support',
  'Multifd is not compatible with xbzrle': 'comp-mt-xbzrle-parallel',
  'Turn zlib compression on to tune it': 'comp-zlib-tune',
  "domain is already active as 'vm1'": 'uuid-name-conflict',
  'Unable to find any usable hugetlbfs mount for 2048 KiB': 'hugepages-on-dest',
  'authentication unavailable: no polkit agent available to authenticate action': 'user-permission',
  "argument unsupported: Migration option 'multifd' is not supported by QEMU binary":
    'qemu-cap-missing',
};

for (const [name, table] of Object.entries({ seen, read })) {
  test(`texts of libvirt and QEMU (${name}) are explained by the id of their constraint`, () => {
    for (const [text, code] of Object.entries(table)) {
      const explained = explainFailure(`${text}\n\n`);
      assert.equal(explained.code, code, text);
      assert.equal(explained.text, text);
    }
  });
}

test('every text of the table is explained by its own entry and by no earlier one', () => {
  const media = { domain: domainOf('cdrom', '/iso/install.iso') };
  for (const { code, says } of failureTexts) {
    const context = code === 'startup-policy-media' ? media : {};
    assert.equal(explainFailure(`error: ${says}`, context).code, code, says);
  }
});

test('each id is explained once', () => {
  const codes = failureTexts.map(({ code }) => code);
  assert.deepEqual([...new Set(codes)], codes);
});

test('an id is that of a constraint or a rule, or one of the few that only explain', () => {
  const known = new Set<string>([
    ...Object.values(constraints).flat(),
    ...allRules.map(({ id }) => id),
  ]);
  assert.deepEqual(
    failureTexts.flatMap(({ code }) => (known.has(code) ? [] : [code])),
    [
      'cancelled',
      'no-active-job',
      'statistics-on-source',
      'dirty-rate-busy',
      'dirty-rate-range',
      'dirty-rate-mode',
      'destination-qemu-ended',
    ],
  );
});

test('a text that nobody knows stands for itself', () => {
  const explained = explainFailure('error: something new');
  assert.equal(explained.code, undefined);
  assert.equal(explained.remedy, undefined);
  assert.equal(explained.text, 'error: something new');
});

function domainOf(device: string, path: string) {
  const xml = `<domain type='kvm'><name>vm1</name><devices><disk type='file' device='${device}'><source file='${path}'/><target dev='sdb'/></disk><interface type='bridge'><source bridge='br-vm'/></interface></devices></domain>`;
  return readDomain('file:///vm1.domain.xml', parseXml(xml)).domain ?? assert.fail();
}

describe('with the descriptor an explanation names the line that can mend it', () => {
  const text = `apiVersion: livemigrate/v1
kind: Migration
domain: vm1
source: kvm01
destination: kvm02
storage:
  mode: mixed
  disks:
    - target: sda
      action: copy
      destination: { path: /new/a.qcow2 }
    - { target: sdb, action: shared }
policy:
  parallel: { connections: 2 }
  compression: { method: mt }
`;
  const descriptor = loadDescriptor('file:///vm1.migration.yaml', text);
  assert.ok(descriptor.kind === 'Migration');
  const domain = domainOf('disk', '/images/b.qcow2');
  const lineOf = (failure: string): string => {
    const { at } = explainFailure(failure, { descriptor, domain });
    const line = text.slice(0, at?.span.start).split('\n').length - 1;
    return text.split('\n')[line] ?? '';
  };
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'the disk that the text names by its target',
      'migration of disk sda failed: Source and target image have different sizes',
      '    - target: sda',
    ],
    [
      'the disk that is copied to the path of the text',
      "Could not open '/new/a.qcow2': No such file or directory",
      '    - target: sda',
    ],
    [
      'the disk that has the path of the text in the domain',
      'unable to stat: /images/b.qcow2: No such file or directory',
      '    - { target: sdb, action: shared }',
    ],
    [
      'the storage mode for a path that no disk has',
      'unable to stat: /elsewhere: No such file or directory',
      '  mode: mixed',
    ],
    ['the option', 'Multifd is not compatible with compress', '  compression: { method: mt }'],
    [
      'the destination',
      "Cannot get interface MTU on 'br-vm': No such device",
      'destination: kvm02',
    ],
    [
      'what is above a key that is not there',
      'this libvirtd instance allows migration only with VIR_MIGRATE_TLS flag',
      'policy:',
    ],
    ['the domain for what is no key at all', 'domain has active block job', 'domain: vm1'],
  ];
  for (const [what, failure, line] of cases) {
    test(`namely ${what}`, () => {
      assert.equal(lineOf(failure), line);
    });
  }

  test('and with the domain the part of it that the text names', () => {
    const { about } = explainFailure("Cannot get interface MTU on 'br-vm': No such device", {
      descriptor,
      domain,
    });
    assert.equal(about?.uri, 'file:///vm1.domain.xml');
    assert.deepEqual(about.span, domain.interfaces[0]?.source?.span);
  });
});
