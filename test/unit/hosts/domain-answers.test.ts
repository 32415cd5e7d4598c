import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentChannel, readDomainFacts } from '../../../core/virsh/parse/domain.ts';
import type { DomainAnswers } from '../../../core/virsh/parse/domain.ts';
import {
  parseCapacity,
  parseMigrateOptions,
  parseVersions,
} from '../../../core/virsh/parse/host.ts';
import { parseBlockDevice, parseStat } from '../../../core/virsh/parse/image.ts';
import { mountOf, parseMounts } from '../../../core/virsh/parse/mounts.ts';
import { parseQmp } from '../../../core/virsh/parse/qmp.ts';

const uuid = '45b0b07a-13a1-448d-bc0d-dc5efe06563f';
const good: DomainAnswers = {
  info: 'Id:             1\nName:           vm1\nState:          running\nPersistent:     yes',
  xml: `<domain type='kvm' id='1'><name>vm1</name><uuid>${uuid}</uuid></domain>`,
  job: 'Job type:         None',
  snapshots: ' Name   Creation Time   State\n-------------------------------',
  downtime: '300',
};

function job(answer: string): string | undefined {
  const read = readDomainFacts(uuid, { ...good, job: answer });
  return read.ok ? read.domain.job : assert.fail(read.why);
}

test('a running job is told in libvirt’s words', () => {
  assert.equal(job('Job type:         None'), undefined);
  assert.equal(job('Job type:         Completed\nOperation:        Outgoing migration'), undefined);
  assert.equal(
    job(
      'Job type:         Unbounded\nOperation:        Outgoing migration\nTime elapsed:     1 ms',
    ),
    'Outgoing migration',
  );
  assert.equal(job('Job type:         Bounded'), 'Bounded');
});

test('a domain whose job cannot be told counts as busy, unless it is off', () => {
  assert.equal(job('error: Requested operation is not valid: domain is not running'), undefined);
  assert.equal(
    job(
      'error: Operation not supported: migration statistics are available only on the source host',
    ),
    'Incoming migration',
  );
  assert.match(
    job(
      'error: Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainBlockCommit)',
    ) ?? '',
    /state change lock/,
  );
});

test('a missing answer is a failure, never a default', () => {
  const failures: Partial<DomainAnswers>[] = [
    { info: 'error: failed to get domain' },
    { info: '' },
    { xml: '' },
    { xml: '<network><name>vm1</name></network>' },
    { snapshots: '' },
    { snapshots: 'error: no' },
  ];
  for (const broken of failures)
    assert.equal(readDomainFacts(uuid, { ...good, ...broken }).ok, false, JSON.stringify(broken));
  assert.equal(readDomainFacts(uuid, good).ok, true);
});

test('snapshots are counted below the head of the table', () => {
  const read = readDomainFacts(uuid, {
    ...good,
    snapshots:
      ' Name   Creation Time               State\n---\n s1     2026-01-01 00:00:00 +0000   running\n s 2    2026-01-01 00:00:00 +0000   shutoff',
  });
  assert.equal(read.ok && read.domain.snapshots, 2);
});

test('the guest agent is unknown without a channel and silent until it answers', () => {
  const channel = (state: string): string =>
    `<domain><devices><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'${state}/></channel></devices></domain>`;
  assert.equal(agentChannel('<domain/>'), undefined);
  assert.equal(agentChannel(channel('')), 'disconnected');
  assert.equal(agentChannel(channel(` state='disconnected'`)), 'disconnected');
  assert.equal(agentChannel(channel(` state='connected'`)), 'connected');
  assert.equal(
    agentChannel(channel(` state='connected'`).replace('guest_agent', 'other')),
    undefined,
  );
});

test('the daemon’s version counts, not that of the library', () => {
  const text =
    'Compiled against library: libvirt 11.3.0\nUsing library: libvirt 11.3.0\nUsing API: QEMU 11.3.0\nRunning hypervisor: QEMU 7.2.22\nRunning against daemon: 9.0.0\n';
  assert.deepEqual(parseVersions(text), { libvirt: '9.0.0', qemu: '7.2.22' });
  assert.equal(parseVersions('Using library: libvirt 9.0.0'), undefined);
});

test('options are those with dashes, bracketed or not', () => {
  const help =
    '  OPTIONS\n    [--domain] <string>  domain name, id or uuid\n    --live           live migration\n    --timeout <number>  run action specified by --timeout-* option\n';
  assert.deepEqual(parseMigrateOptions(help), ['domain', 'live', 'timeout']);
});

test('online CPUs are counted from ranges; memory is in KiB', () => {
  const memory = 'MemTotal:       1000 kB\nMemAvailable:    500 kB\n';
  assert.deepEqual(parseCapacity(memory, '0-3,6,8-9\n'), {
    cpus: 7,
    memoryTotal: 1_024_000,
    memoryAvailable: 512_000,
  });
  assert.equal(parseCapacity(memory, 'all'), undefined);
  assert.equal(parseCapacity('MemTotal: 1 kB', '0'), undefined);
});

test('the newest of the longest mount points holds a path; octal escapes are undone', () => {
  const mounts = parseMounts(
    [
      '22 1 8:1 / / rw - ext4 /dev/sda1 rw',
      '30 22 0:50 / /srv rw shared:1 - nfs4 server:/export rw',
      '31 22 8:2 / /srv/a\\040b rw - xfs /dev/sdb rw',
      '32 30 8:3 / /srv rw - ext4 /dev/sdc rw',
      'broken line',
    ].join('\n'),
  );
  assert.equal(mounts.length, 4);
  assert.equal(mountOf('/srv/x', mounts)?.source, '/dev/sdc');
  assert.equal(mountOf('/srv', mounts)?.source, '/dev/sdc');
  assert.equal(mountOf('/srvx', mounts)?.source, '/dev/sda1');
  assert.equal(mountOf('/srv/a b/c', mounts)?.type, 'xfs');
  assert.equal(
    mountOf('/srv/x', parseMounts('30 22 0:50 / /srv rw shared:1 master:2 - nfs4 server:/e rw'))
      ?.source,
    'server:/e',
  );
});

test('stat tells the kind by mode bits and keeps long numbers as text', () => {
  assert.deepEqual(
    parseStat('81a4 18446744073709551615 65024 1795402961.959189439 197120 386 512 0 0\n'),
    {
      kind: 'file',
      inode: '18446744073709551615',
      device: '65024',
      modified: '1795402961.959189439',
      size: 197_120,
      allocated: 197_632,
    },
  );
  assert.equal(parseStat('61b0 5 6 1.0 0 0 512 fd 0')?.kind, 'block');
  assert.equal(parseStat('2190 5 6 1.0 0 0 512 1 3')?.kind, 'other');
  assert.equal(parseStat('garbage'), undefined);
});

test('a block device has its size in sectors of 512 bytes and its identity', () => {
  assert.deepEqual(parseBlockDevice('size 41943040\nidentity naa.600140512345  \n'), {
    size: 21_474_836_480,
    identity: 'naa.600140512345',
  });
  assert.deepEqual(parseBlockDevice('size 8\nidentity mpath-3600-part2'), {
    size: 4096,
    identity: 'mpath-3600-part2',
  });
  assert.equal(parseBlockDevice('size \n'), undefined);
});

test('an error of QEMU is an error though virsh exits with 0', () => {
  assert.deepEqual(
    parseQmp(
      '{"id":"libvirt-423","error":{"class":"GenericError","desc":"the dirty rate is already being measured."}}\n',
    ),
    {
      kind: 'error',
      class: 'GenericError',
      description: 'the dirty rate is already being measured.',
    },
  );
  assert.deepEqual(parseQmp('{"return":{},"id":"libvirt-421"}'), { kind: 'return', value: {} });
  for (const text of ['', 'error: domain is not running', '[]', '{"id":1}', 'null'])
    assert.equal(parseQmp(text).kind, 'unreadable', text);
});
