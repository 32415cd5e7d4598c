import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostInterface } from '../../core/facts/host-facts.ts';
import { numbersOf } from '../../core/rules/host/cpu-list.ts';
import { compareLinks, subnetOf } from '../../core/rules/network/segments.ts';
import type { Comparison } from '../../core/rules/network/segments.ts';

function link(more: Partial<HostInterface>): HostInterface {
  return {
    name: 'br0',
    kind: 'bridge',
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

interface End {
  readonly bridge?: Partial<HostInterface>;
  readonly tags?: readonly (number | undefined)[];
}

function compared(here: End, there: End): string {
  const end = ({ bridge = {}, tags = [undefined] }: End) => ({
    kind: 'link' as const,
    link: link(bridge),
    uplinks: tags.map((vlan) => link({ name: 'eth0', kind: undefined, vlan })),
  });
  const result: Comparison = compareLinks(end(here), end(there));
  return result.verdict === 'different' ? result.by : result.verdict;
}

const router = (mac: string | undefined) => ({
  gateways: [{ address: '10.1.0.254', mac }],
});

describe('two bridges', () => {
  const cases: readonly [string, End, End, string][] = [
    ['with one router are one segment', { bridge: router('a') }, { bridge: router('a') }, 'same'],
    [
      'with one router are one segment, whatever the tags',
      { bridge: router('a'), tags: [1] },
      { bridge: router('a'), tags: [2] },
      'same',
    ],
    [
      'with two routers of one address are two',
      { bridge: router('a') },
      { bridge: router('b') },
      'router',
    ],
    [
      'whose router is not known tell nothing by it',
      { bridge: router('a') },
      { bridge: router(undefined) },
      'unknown',
    ],
    ['with other tags are two', { tags: [100] }, { tags: [200] }, 'vlan'],
    ['with one tag in common may be one', { tags: [100, 200] }, { tags: [200] }, 'unknown'],
    ['of which one is untagged may be one', { tags: [100] }, { tags: [undefined] }, 'unknown'],
    ['of which only the source has a way out', {}, { tags: [] }, 'uplink'],
    ['without any way out may be one', { tags: [] }, { tags: [] }, 'unknown'],
    [
      'in one subnet count as one',
      { bridge: { addresses: ['10.1.0.1/24'] } },
      { bridge: { addresses: ['fd00::1/64', '10.1.0.2/24'] } },
      'same',
    ],
    [
      'in two subnets are probably two',
      { bridge: { addresses: ['10.1.0.1/24'] } },
      { bridge: { addresses: ['10.2.0.2/24'] } },
      'subnet',
    ],
    [
      'of which one has no address may be one',
      { bridge: { addresses: ['10.1.0.1/24'] } },
      {},
      'unknown',
    ],
  ];
  for (const [what, here, there, expected] of cases) {
    test(what, () => {
      assert.equal(compared(here, there), expected);
    });
  }
});

test('a subnet keeps the bits of its prefix', () => {
  assert.equal(subnetOf('10.1.2.3/24'), '10.1.2.0/24');
  assert.equal(subnetOf('10.1.2.3/20'), '10.1.0.0/20');
  assert.equal(subnetOf('10.1.2.3/32'), '10.1.2.3/32');
  assert.equal(subnetOf('10.1.2.3/0'), '0.0.0.0/0');
  for (const text of [
    '10.1.2/24',
    '10.1.2.3',
    '10.1.2.300/24',
    '10.1.2.3/33',
    'storage',
    'fd00::/64',
  ])
    assert.equal(subnetOf(text), undefined, text);
});

test('a list of CPUs is read with ranges and exclusions', () => {
  assert.deepEqual(numbersOf('0-3,^2,8'), [0, 1, 3, 8]);
  assert.deepEqual(numbersOf('5'), [5]);
  for (const text of ['', '3-1', 'a', '1,,2', '-1']) assert.equal(numbersOf(text), undefined, text);
});
