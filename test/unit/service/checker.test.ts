import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import type {
  InventoryDescriptor,
  MigrationDescriptor,
} from '../../../core/descriptor/descriptor.ts';
import { migrationFacts } from '../../../core/facts/view.ts';
import { allRules } from '../../../core/rules/all.ts';
import { claimsOf } from '../../../core/rules/claims.ts';
import { checkMigration } from '../../../core/rules/engine.ts';
import type { CheckInput, CheckResult } from '../../../core/rules/engine.ts';
import { createChecker } from '../../../core/service/checker.ts';
import { readDomain } from '../../../core/domain/read.ts';
import { parseXml } from '../../../core/xml/parse.ts';
import { domainXml, inventory, migration } from '../../protocol/samples.ts';
import { kvm01, snapshot } from './snapshots.ts';

function descriptorOf(text: string, uri = 'mem:/a.migration.yaml'): MigrationDescriptor {
  const descriptor = loadDescriptor(uri, text);
  assert.equal(descriptor.kind, 'Migration');
  return descriptor;
}
function inventoryOf(text: string): InventoryDescriptor {
  const descriptor = loadDescriptor('mem:/hosts.migration.yaml', text);
  assert.equal(descriptor.kind, 'HostInventory');
  return descriptor;
}
/** The same, whatever the order. */
function sorted(result: CheckResult): unknown {
  const byText = (list: readonly unknown[]): readonly string[] =>
    list.map((each) => JSON.stringify(each)).sort();
  return {
    problems: byText(result.problems),
    waiting: byText(result.waiting),
    ran: [...result.ran].sort(),
    off: [...result.off].sort(),
    lowered: byText(result.lowered),
  };
}

const inventories: readonly (readonly InventoryDescriptor[] | undefined)[] = [
  undefined,
  [inventoryOf(inventory)],
  [inventoryOf(inventory.replace('name: kvm02', 'name: kvm03'))],
  [inventoryOf(inventory.replace('10.9.0.2', '10.9.0.9'))],
];
const other = descriptorOf(
  migration.replace('domain: openEulerVM', 'domain: other'),
  'mem:/b.migration.yaml',
);
const neighbours = [
  [],
  [claimsOf(descriptorOf(migration, 'mem:/c.migration.yaml'), undefined)],
  [claimsOf(other, undefined)],
];
const levels = [undefined, new Map([['host-unknown', 'warning' as const]])];

describe('the checker that remembers', () => {
  for (const [name, text] of [
    ['a sound file', migration],
    [
      'a file with findings',
      `${migration.replace('action: shared', 'action: copy')}rules:\n  nonsense: off\n`,
    ],
    [
      'a file that ignores a finding',
      migration.replace('kvm02', 'kvm02 # livemigrate-ignore host-unknown: later'),
    ],
  ] as const) {
    it(`says of ${name} what a fresh check says, whatever changed before`, () => {
      const descriptor = descriptorOf(text);
      const { domain } = readDomain('mem:/openEulerVM.domain.xml', parseXml(domainXml));
      const check = createChecker(8);
      const allFacts = [undefined, snapshot(kvm01)].map((said) =>
        migrationFacts({ descriptor, domain, snapshot: said, prefer: 'file' }),
      );
      let state = 7;
      const pick = <T>(list: readonly T[]): T => {
        state = (state * 48_271) % 2_147_483_647;
        return list[state % list.length] as T;
      };
      for (let round = 0; round < 60; round++) {
        const input: CheckInput = {
          descriptor,
          facts: pick(allFacts),
          now: pick([kvm01.at, kvm01.at + 5000, kvm01.at + 10 * 60_000 + 1]),
          inventories: pick(inventories),
          neighbours: pick(neighbours),
          levels: pick(levels),
        };
        assert.deepEqual(sorted(check(input)), sorted(checkMigration(input)));
      }
    });
  }
  it('runs only the rules that looked at an inventory when that is all that changed', () => {
    const ran: string[] = [];
    const counting = allRules.map((rule) => ({
      ...rule,
      check: (...given: Parameters<typeof rule.check>) => {
        ran.push(rule.id);
        rule.check(...given);
      },
    }));
    const descriptor = descriptorOf(migration);
    const { domain } = readDomain('mem:/openEulerVM.domain.xml', parseXml(domainXml));
    const facts = migrationFacts({ descriptor, domain, snapshot: undefined, prefer: 'file' });
    const check = createChecker(8, counting);
    check({ descriptor, facts, now: 1, inventories: inventories[1] });
    assert.ok(ran.length > 20);
    ran.length = 0;
    check({ descriptor, facts, now: 1, inventories: inventories[2] });
    assert.ok(ran.includes('host-unknown'));
    assert.ok(ran.length < 10, ran.join());
  });
});
