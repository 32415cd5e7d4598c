import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copiedByDefault } from '../../../core/domain/domain.ts';
import type { Domain } from '../../../core/domain/domain.ts';
import { readDomain } from '../../../core/domain/read.ts';
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
  assert.equal(bytes("<memory unit='MB'>3</memory>"), 3_000_000);
  assert.equal(bytes("<memory unit='M'>3</memory>"), 3 * 1024 * 1024);
  assert.equal(bytes("<memory unit='GiB'>2</memory>"), 2 * 1024 ** 3);
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
