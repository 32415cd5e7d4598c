import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copiedByDefault } from '../../../core/domain/domain.ts';
import type { Domain } from '../../../core/domain/domain.ts';
import { readDomain } from '../../../core/domain/read.ts';
import { render } from '../../../core/messages.ts';
import { parseXml } from '../../../core/xml/parse.ts';
import { sampleDomain } from '../xml/sample.ts';

const uri = 'file:///web01.domain.xml';

function read(text: string): { domain: Domain; codes: readonly string[] } {
  const { domain, problems } = readDomain(uri, parseXml(text));
  assert.ok(domain !== undefined);
  return { domain, codes: problems.map(({ code }) => code) };
}

test('a domain is read with libvirt’s defaults and every field knows its place', () => {
  const { domain, codes } = read(sampleDomain);
  assert.deepEqual(codes, []);
  assert.equal(domain.name?.value, 'web01');
  assert.equal(domain.memory?.value, 2048 * 1024 * 1024);
  assert.deepEqual([domain.vcpus?.value, domain.currentVcpus?.value], [4, 2]);
  assert.equal(domain.machine?.value, 'pc-q35-7.2');
  assert.equal(domain.cpu?.model?.value, 'qemu64');
  assert.deepEqual(
    domain.cpu.features.map(({ name, policy }) => [name.value, policy]),
    [['aes', 'require']],
  );
  assert.deepEqual(
    domain.interfaces.map(({ mac, source }) => [mac?.value, source?.value]),
    [['52:54:00:aa:bb:01', 'br-guest']],
  );
  const target = domain.disks[0]?.target.span;
  assert.equal(target && sampleDomain.slice(target.start, target.end), 'vda');
});

test('only disks with a source that are neither shared nor read-only are copied by default', () => {
  const { domain } = read(sampleDomain);
  assert.deepEqual(
    domain.disks.filter(copiedByDefault).map(({ target }) => target.value),
    ['vda', 'vdc'],
  );
});

test('a CD-ROM is read-only without saying so, and an empty one has no source', () => {
  const cdrom = read(sampleDomain).domain.disks.find(({ target }) => target.value === 'sda');
  assert.ok(cdrom?.readonly !== undefined);
  assert.equal(cdrom.hasSource, false);
});

test('memory is read in libvirt’s units', () => {
  const bytes = (element: string): number | undefined =>
    read(`<domain>${element}</domain>`).domain.memory?.value;
  assert.equal(bytes('<memory>1024</memory>'), 1024 * 1024);
  assert.equal(bytes("<memory unit='b'>1024</memory>"), 1024);
  // libvirt keeps whole KiB and rounds up.
  assert.equal(bytes("<memory unit='MB'>3</memory>"), 2930 * 1024);
  assert.equal(bytes("<memory unit='kib'>7</memory>"), 7 * 1024);
  assert.equal(bytes("<memory unit='bytes'>1</memory>"), 1024);
  assert.equal(bytes("<memory unit=''>4</memory>"), 4 * 1024);
  assert.equal(bytes("<memory unit='e'>1</memory>"), 1024 ** 6);
  assert.equal(bytes("<memory unit='M'>3</memory>"), 3 * 1024 * 1024);
  assert.equal(bytes("<memory unit='GiB'>2</memory>"), 2 * 1024 ** 3);
});

test('a number beyond reason is told from what is no number', () => {
  const said = (amount: string): string[] => {
    const xml = parseXml(`<domain><memory>${amount}</memory></domain>`);
    return readDomain(uri, xml).problems.map(({ message }) => render(message));
  };
  assert.deepEqual(said('9007199254740991'), ['“9007199254740991” is too large for <memory>.']);
  assert.deepEqual(said('-5'), ['<memory> holds a whole number; “-5” is none.']);
});

test('what is malformed is told and left out, never guessed', () => {
  const { domain, codes } = read(
    "<domain><memory unit='stone'>5</memory><vcpu>many</vcpu><devices><disk type='file'><source file='/a'/></disk></devices></domain>",
  );
  assert.deepEqual(
    codes,
    ['not-a-number', 'memory-unit-unknown', 'disk-without-target'].sort(
      (a, b) => codes.indexOf(a) - codes.indexOf(b),
    ),
  );
  assert.equal(domain.memory, undefined);
  assert.equal(domain.vcpus, undefined);
  assert.deepEqual(domain.disks, []);
});

test('another root element is no domain', () => {
  assert.equal(readDomain(uri, parseXml('<network/>')).domain, undefined);
});

test('the live XML of an interface on a network speaks of the network, not of its bridge', () => {
  const { domain } = read(
    "<domain><devices><interface type='bridge'><source network='default' portid='1' bridge='br0'/></interface></devices></domain>",
  );
  const [first] = domain.interfaces;
  assert.deepEqual([first?.type.value, first?.source?.value], ['network', 'default']);
});

/** A domain with these devices. */
function withDevices(devices: string): Domain {
  return read(`<domain><devices>${devices}</devices></domain>`).domain;
}

test('disks of every <devices> are read, as libvirt does', () => {
  const disk = (target: string): string =>
    `<disk><source file='/a'/><target dev='${target}'/></disk>`;
  const { domain } = read(
    `<domain><devices>${disk('vda')}</devices><devices>${disk('vdb')}</devices></domain>`,
  );
  assert.deepEqual(
    domain.disks.map(({ target }) => target.value),
    ['vda', 'vdb'],
  );
});

for (const [what, disk, expected] of [
  ['a file', "<disk type='file'><source file='/a'/>", true],
  ['an empty path', "<disk type='file'><source file=''/>", false],
  ['no source', "<disk type='block'>", false],
  ['a network image', "<disk type='network'><source protocol='rbd' name='p/i'/>", true],
  ['a source without protocol', "<disk type='network'><source/>", false],
  ['a volume', "<disk type='volume'><source pool='p' volume='v'/>", true],
  ['an NVMe namespace', "<disk type='nvme'><source type='pci' namespace='1'/>", true],
  ['a socket of vhost-user', "<disk type='vhostuser'><source type='unix' path='/s'/>", true],
  ['a type of tomorrow', "<disk type='constructor'><source of='tomorrow'/>", true],
] as const) {
  test(`a disk with ${what} has ${expected ? 'a' : 'no'} source`, () => {
    const [first] = withDevices(`${disk}<target dev='vda'/></disk>`).disks;
    assert.equal(first?.hasSource, expected);
  });
}

test('a network that resolved to a device of the host stays a device of the host', () => {
  const [first] = withDevices(
    "<interface type='hostdev'><source network='sriov'/><teaming type='transient'/></interface>",
  ).interfaces;
  assert.deepEqual([first?.type.value, first?.teaming?.value], ['hostdev', 'transient']);
});

test('devices that may forbid a migration are read with their places', () => {
  const domain = withDevices(`
    <hostdev mode='subsystem' type='pci'><teaming type='transient' persistent='ua-a'/></hostdev>
    <hostdev type='usb'/>
    <filesystem><driver type='virtiofs'/><source dir='/srv'/><target dir='tag'/></filesystem>
    <shmem name='s' role='peer'><model type='ivshmem-plain'/></shmem>
    <tpm><backend type='emulator' version='2.0'><encryption secret='u'/></backend></tpm>`);
  assert.deepEqual(
    domain.hostDevices.map(({ mode, type, teaming }) => [mode.value, type?.value, teaming?.value]),
    [
      ['subsystem', 'pci', 'transient'],
      ['subsystem', 'usb', undefined],
    ],
  );
  const [filesystem] = domain.filesystems;
  assert.deepEqual(
    [filesystem?.type, filesystem?.driver, filesystem?.source, filesystem?.target].map(
      (each) => each?.value,
    ),
    ['mount', 'virtiofs', '/srv', 'tag'],
  );
  const [memory] = domain.sharedMemories;
  assert.deepEqual(
    [memory?.name, memory?.role, memory?.model].map((each) => each?.value),
    ['s', 'peer', 'ivshmem-plain'],
  );
  const [tpm] = domain.tpms;
  assert.deepEqual(
    [tpm?.backend, tpm?.version, tpm?.encryptionSecret].map((each) => each?.value),
    ['emulator', '2.0', 'u'],
  );
});

test('what ties a domain to the memory and files of its host is read with its places', () => {
  const text = `<domain>
    <os firmware='efi'><loader>/code.fd</loader><nvram><source file='/vars.fd'/></nvram></os>
    <memoryBacking>
      <hugepages><page size='2' unit='M' nodeset='0-1'/><page size='1048576'/></hugepages>
      <source type='memfd'/><locked/>
    </memoryBacking>
    <numatune>
      <memory mode='strict' nodeset='0-3'/><memnode cellid='1' mode='preferred' nodeset='2'/>
    </numatune>
    <launchSecurity type='sev'/>
  </domain>`;
  const { domain, codes } = read(text);
  assert.deepEqual(codes, []);
  const { firmware, memoryBacking, numaTune, launchSecurity } = domain;
  assert.deepEqual(
    [firmware?.automatic, firmware?.loader, firmware?.nvram].map((each) => each?.value),
    ['efi', '/code.fd', '/vars.fd'],
  );
  assert.deepEqual(
    memoryBacking?.pages.map(({ size, nodeset }) => [size.value, nodeset?.value]),
    [
      [2 * 1024 ** 2, '0-1'],
      [1024 ** 3, undefined],
    ],
  );
  assert.equal(memoryBacking.source?.value, 'memfd');
  assert.equal(
    memoryBacking.locked && text.slice(memoryBacking.locked.start, memoryBacking.locked.end),
    '<locked/>',
  );
  assert.deepEqual(
    numaTune?.nodes.map(({ cell, mode, nodeset }) => [cell?.value, mode?.value, nodeset?.value]),
    [
      [undefined, 'strict', '0-3'],
      ['1', 'preferred', '2'],
    ],
  );
  assert.equal(launchSecurity?.type?.value, 'sev');
});

test('a variable store is found in its old form too', () => {
  const { domain } = read('<domain><os><nvram>/vars.fd</nvram></os></domain>');
  assert.equal(domain.firmware?.nvram?.value, '/vars.fd');
});
