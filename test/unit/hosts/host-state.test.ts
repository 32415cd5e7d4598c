import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  parseDate,
  parseKernel,
  parseListeningPorts,
  parsePower,
  parseSecrets,
  parseTopology,
  parseTpm,
} from '../../../core/virsh/parse/host-state.ts';
import { parseInterfaces } from '../../../core/virsh/parse/interfaces.ts';
import { parseQemuConf } from '../../../core/virsh/parse/qemu-conf.ts';
import { readMigrationBlockers } from '../../../core/virsh/parse/qmp.ts';
import { readClock } from '../../../hosts/collect/host-state-part.ts';
import { peerParameters, readPeer } from '../../../hosts/collect/peer.ts';

describe('the host’s clock', () => {
  test('is read with or without a fraction of a second', () => {
    assert.deepEqual(parseDate('1767268800.250000000\n'), { at: 1767268800250, precision: 1 });
    // busybox prints what it does not know as it stands.
    assert.deepEqual(parseDate('1767268800.%N'), { at: 1767268800000, precision: 1000 });
    assert.equal(parseDate('date: invalid'), undefined);
  });

  const said = (name: string, out: string) => ({ name, code: 0, out, err: '' });

  test('is compared apart from what the script itself took', () => {
    const sections = [said('clock', '1000000010.0'), said('clock-end', '1000000014.0')];
    const answer = readClock(sections, { from: 1_000_000_000_000, to: 1_000_000_004_100 });
    assert.ok(answer.ok);
    assert.deepEqual(answer.value, { ahead: 9950, uncertainty: 51 });
  });

  test('is unknown when the host told only one time', () => {
    assert.equal(readClock([said('clock', '1000000010.0')], { from: 0, to: 1 }).ok, false);
  });
});

describe('a shutdown', () => {
  test('that is scheduled has its kind and time', () => {
    const text = 'scheduled USEC=1767272400000000\nscheduled WARN_WALL=1\nscheduled MODE=reboot';
    assert.deepEqual(parsePower(text), {
      scheduled: { mode: 'reboot', at: 1767272400000 },
      stopping: false,
    });
  });

  test('that is only announced is none; another init tells no time', () => {
    assert.equal(parsePower('scheduled MODE=dry-poweroff').scheduled, undefined);
    assert.deepEqual(parsePower('pending /run/shutdown.pid').scheduled, {
      mode: 'shutdown',
      at: undefined,
    });
  });

  test('under way is a state of systemd', () => {
    assert.equal(parsePower('state stopping').stopping, true);
    assert.equal(parsePower('state degraded').stopping, false);
  });
});

test('kernel settings that are not there are absent, not zero', () => {
  assert.deepEqual(parseKernel('release 4.19.90\novercommit_memory 2'), {
    release: '4.19.90',
    unprivilegedUserfaultfd: undefined,
    overcommitMemory: 2,
  });
  assert.equal(parseKernel(''), undefined);
});

test('huge pages are told of the host and of each node; sizes become bytes', () => {
  const text = `cpus 0-3
pages 2048 10 4
mount /dev/hugepages
node 0
cpulist 0-1
MemTotal 1024
MemFree 512
pages 2048 6 4
node 1
cpulist 2-3
MemTotal 1024
MemFree 100
pages 2048 4 0`;
  const topology = parseTopology(text);
  assert.deepEqual(topology?.hugePages, [{ size: 2097152, total: 10, free: 4 }]);
  assert.deepEqual(topology.hugePageMounts, ['/dev/hugepages']);
  assert.deepEqual(
    topology.nodes.map(({ id, cpus, memoryFree, hugePages }) => [
      id,
      cpus,
      memoryFree,
      hugePages[0]?.free,
    ]),
    [
      [0, '0-1', 524288, 4],
      [1, '2-3', 102400, 0],
    ],
  );
  assert.equal(parseTopology('node 0'), undefined);
});

test('ports are hexadecimal, each told once', () => {
  assert.deepEqual(
    parseListeningPorts('0100007F:1F90\n00000000:0016\n00000000000000000000000000000000:0016\nx'),
    [22, 8080],
  );
});

test('secrets are read from the table, and no table is no answer', () => {
  const table = ` UUID                                   Usage
-------------------------------------------------------------------
 3174ee1a-9a4f-44d8-a3d6-6f2b5d2d3e11   ceph client.libvirt secret
 51d40baf-6d5b-4c4a-9d1c-2a4d8d9a7c10   `;
  assert.deepEqual(parseSecrets(table), [
    { uuid: '3174ee1a-9a4f-44d8-a3d6-6f2b5d2d3e11', usage: 'ceph client.libvirt secret' },
    { uuid: '51d40baf-6d5b-4c4a-9d1c-2a4d8d9a7c10', usage: '' },
  ]);
  assert.equal(parseSecrets('error: no'), undefined);
});

test('swtpm tells what it can do', () => {
  const text = '{ "type": "swtpm", "features": [ "cmdarg-migration", 7 ], "version": "0.8.0" }';
  assert.deepEqual(parseTpm(text), {
    installed: true,
    version: '0.8.0',
    features: ['cmdarg-migration'],
  });
  assert.equal(parseTpm('swtpm: unrecognized option'), undefined);
});

test('interfaces have their bridge, tag, addresses and gateways; link-local addresses are left out', () => {
  const json = JSON.stringify([
    {
      ifname: 'eth0.100',
      link: 'eth0',
      flags: ['UP'],
      mtu: 1500,
      link_type: 'ether',
      address: '52:54:00:00:00:01',
      master: 'br0',
      linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 100 } },
      addr_info: [],
    },
    {
      ifname: 'br0',
      flags: [],
      mtu: 1400,
      linkinfo: { info_kind: 'bridge', info_data: { id: 'x' } },
      addr_info: [
        { family: 'inet', local: '10.1.0.2', prefixlen: 24, scope: 'global' },
        { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link' },
      ],
    },
  ]);
  const found = parseInterfaces(
    `${json}\n\ngateway br0 10.1.0.254 52:54:00:AA:00:01\ngateway br0 fd00::1 \nspeed eth0.100 10000\nspeed br0 -1`,
  );
  assert.deepEqual(
    found?.map(({ name, kind, vlan, parent, master, up, addresses, gateways, speed }) => ({
      name,
      kind,
      vlan,
      parent,
      master,
      up,
      addresses,
      gateways,
      speed,
    })),
    [
      {
        name: 'eth0.100',
        kind: 'vlan',
        vlan: 100,
        parent: 'eth0',
        master: 'br0',
        up: true,
        addresses: [],
        gateways: [],
        speed: 1e10,
      },
      {
        name: 'br0',
        kind: 'bridge',
        vlan: undefined,
        parent: undefined,
        master: undefined,
        up: false,
        addresses: ['10.1.0.2/24'],
        gateways: [
          { address: '10.1.0.254', mac: '52:54:00:aa:00:01' },
          { address: 'fd00::1', mac: undefined },
        ],
        speed: undefined,
      },
    ],
  );
  assert.equal(parseInterfaces('Object "addr" is unknown'), undefined);
});

describe('qemu.conf', () => {
  test('that says nothing leaves libvirt’s defaults', () => {
    assert.deepEqual(parseQemuConf(''), {
      migrationPorts: { first: 49152, last: 49215 },
      migrationAddress: undefined,
      migrationHost: undefined,
      tlsVerify: true,
      tlsForce: false,
      lockManager: undefined,
      sharedFilesystems: [],
      user: undefined,
    });
  });

  test('is read with comments, quotes and lists over several lines', () => {
    const conf = parseQemuConf(`
#migration_port_min = 1
migration_port_min = 50000
migration_port_max = 50010 # ten of them
migration_host = "kvm02.example.com" # not "localhost"
default_tls_x509_verify = 0
migrate_tls_force = 1
lock_manager = 'lockd'
shared_filesystems = [
  "/srv/one",   # why
  "/srv/two"
]
user = "+107"
`);
    assert.deepEqual(conf.migrationPorts, { first: 50000, last: 50010 });
    assert.equal(conf.migrationHost, 'kvm02.example.com');
    assert.deepEqual([conf.tlsVerify, conf.tlsForce, conf.lockManager], [false, true, 'lockd']);
    assert.deepEqual(conf.sharedFilesystems, ['/srv/one', '/srv/two']);
    assert.equal(conf.user, '+107');
  });

  test('migrate_tls_x509_verify wins over the default for all', () => {
    const text = 'default_tls_x509_verify = 0\nmigrate_tls_x509_verify = 1';
    assert.equal(parseQemuConf(text).tlsVerify, true);
  });
});

test('a QEMU that names no blockers has none; one that did not answer is not known', () => {
  assert.deepEqual(readMigrationBlockers({ kind: 'return', value: {} }), []);
  assert.deepEqual(
    readMigrationBlockers({ kind: 'return', value: { 'blocked-reasons': ['a', 'b'] } }),
    ['a', 'b'],
  );
  assert.equal(readMigrationBlockers({ kind: 'unreadable', text: '' }), undefined);
});

describe('another host', () => {
  const question = {
    name: 'kvm02',
    uri: 'qemu+ssh://root@kvm02/system',
    address: '10.9.0.2',
    ports: [{ host: 'kvm02', port: 22 }],
  };

  test('is opened without a terminal, and by root only', () => {
    assert.deepEqual(peerParameters(question, 'root'), [
      'peer',
      'qemu+ssh://root@kvm02/system?no_tty=1',
      'port',
      'kvm02 22',
      'round-trip',
      '10.9.0.2',
    ]);
    assert.ok(!peerParameters(question, 'alice').includes('peer'));
    const tls = { ...question, uri: 'qemu+tls://kvm02/system' };
    assert.equal(peerParameters(tls, 'root')[1], 'qemu+tls://kvm02/system');
  });

  test('whose name could be an option or more than one word is not tried', () => {
    for (const host of ['-oProxyCommand=x', 'a b', '$(x)', '']) {
      const odd = { ...question, address: host, ports: [{ host, port: 22 }] };
      assert.deepEqual(peerParameters(odd, 'alice'), []);
    }
  });

  const port = (code: number, err: string) =>
    readPeer([{ name: 'port', code, out: 'host kvm02\nport 22', err }], question.uri)?.ports[0]
      ?.state;

  test('answers a port in one of several ways', () => {
    assert.equal(port(0, ''), 'open');
    assert.equal(port(1, 'bash: connect: Connection refused'), 'refused');
    assert.equal(port(124, ''), 'silent');
    assert.equal(port(1, 'bash: connect: Connection timed out'), 'silent');
    assert.equal(port(1, 'bash: connect: No route to host'), 'unreachable');
    assert.equal(port(1, 'bash: kvm02: Name or service not known'), 'unresolvable');
    assert.equal(port(127, 'neither bash nor nc is there'), 'unknown');
  });

  test('has a round trip only when something came back', () => {
    const rtt = (out: string) =>
      readPeer([{ name: 'round-trip', code: 0, out, err: '' }], question.uri)?.roundTrip;
    assert.deepEqual(
      rtt(
        '5 packets transmitted, 4 received, 20% packet loss, time 800ms\nrtt min/avg/max/mdev = 0.1/0.25/0.4/0.1 ms',
      ),
      { milliseconds: 0.25, loss: 0.2 },
    );
    assert.equal(rtt('5 packets transmitted, 0 received, 100% packet loss'), undefined);
  });

  test('that was not asked for is not in the answer', () => {
    assert.equal(readPeer([], undefined), undefined);
  });
});
