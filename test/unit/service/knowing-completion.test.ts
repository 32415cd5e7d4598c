/** Completions, hovers and hints that come from other files and from what hosts said. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import type { DomainFacts, FactsSnapshot, HostSnapshot } from '../../../core/facts/snapshot.ts';
import { render } from '../../../core/messages.ts';
import { allRules } from '../../../core/rules/all.ts';
import { complete } from '../../../core/service/completion.ts';
import type { CompletionItem } from '../../../core/service/completion-item.ts';
import { hover } from '../../../core/service/hover.ts';
import { inlayHints } from '../../../core/service/inlay-hints.ts';
import { domainXml, inventory, migration } from '../../protocol/samples.ts';
import { atCursor } from './cursor-text.ts';
import { contextOf } from './memory-workspace.ts';
import { host, kvm01, snapshot } from './snapshots.ts';

const head =
  'apiVersion: livemigrate/v1\nkind: Migration\ndomain: openEulerVM\ndomainXml: ./openEulerVM.domain.xml\nsource: kvm01\ndestination: kvm02\n';
const files = { 'hosts.migration.yaml': inventory, 'openEulerVM.domain.xml': domainXml };

function completions(
  marked: string,
  facts?: FactsSnapshot,
  path = 'a.migration.yaml',
): readonly CompletionItem[] {
  const { text, offset } = atCursor(marked);
  const context = contextOf(path, { ...files, [path]: text }, facts === undefined ? {} : { facts });
  const beside = (): readonly string[] => ['b.xml', 'openEulerVM.domain.xml', 'notes.md'];
  return complete({ ...context, workspace: { ...context.workspace, beside } }, offset);
}
const labels = (items: readonly CompletionItem[]): readonly string[] =>
  items.map(({ label }) => label);

describe('completion in comments', () => {
  it('offers every rule behind “livemigrate-ignore”, those excepted that are named', () => {
    const found = labels(completions('a: 1 # livemigrate-ignore host-unknown, |'));
    assert.equal(found.length, allRules.length - 1);
    assert.ok(!found.includes('host-unknown'));
  });
  it('replaces the id that is being typed', () => {
    const { offset } = atCursor('# livemigrate-ignore host-|un');
    const [item] = completions('# livemigrate-ignore host-|un');
    assert.deepEqual(item?.span, { start: offset - 5, end: offset + 2 });
  });
  it('offers the word itself once it is begun, and nothing in other comments or in the reason', () => {
    assert.deepEqual(labels(completions('# live|')), ['livemigrate-ignore']);
    assert.deepEqual(completions('# some |'), []);
    assert.deepEqual(completions('# livemigrate-ignore host-unknown: it |'), []);
  });
});

describe('completion of list items', () => {
  const all = (marked: string): string => {
    const { text } = atCursor(marked);
    const item = completions(marked, snapshot(kvm01)).find(({ label }) =>
      label.includes('sda, sdb'),
    );
    assert.ok(item, 'the entry for all disks');
    const indent =
      /^ */.exec(text.slice(text.lastIndexOf('\n', item.span.start - 1) + 1))?.[0] ?? '';
    const plain = item.newText.replaceAll('\n', `\n${indent}`);
    return text.slice(0, item.span.start) + plain + text.slice(item.span.end);
  };
  it('writes all disks that are missing at once, with or without a dash', () => {
    for (const marked of [
      `${head}storage:\n  mode: mixed\n  disks:\n    |\n`,
      `${head}storage:\n  mode: mixed\n  disks:\n    - |\n`,
    ]) {
      const descriptor = loadDescriptor('mem:/a.migration.yaml', all(marked));
      assert.equal(descriptor.kind, 'Migration');
      assert.deepEqual(descriptor.problems, [], all(marked));
      const disks = descriptor.migration.storage?.disks?.items ?? [];
      assert.deepEqual(
        disks.map(({ target, action, destination }) => [
          target?.value,
          action?.value,
          destination?.size?.value.amount,
        ]),
        [
          ['sda', 'copy', 21_474_836_480],
          ['sdb', 'shared', undefined],
        ],
      );
    }
  });
});

describe('completion of paths and names', () => {
  it('offers the pools of the destination for a disk', () => {
    const facts = snapshot(
      kvm01,
      host('kvm02', {
        pools: {
          ok: true,
          from: 'virsh pool-list',
          value: [
            { name: 'fast', active: true, path: '/mnt/fast', available: 2 ** 40 },
            { name: 'off', active: false, path: '/mnt/off', available: 1 },
          ],
        },
      }),
    );
    const text = `${head}storage:\n  disks:\n    - target: sda\n      action: copy\n      destination:\n        path: |\n`;
    assert.deepEqual(labels(completions(text, facts)), [
      '/var/lib/libvirt/images/openEulerVM.qcow2',
      '/mnt/fast/openEulerVM.qcow2',
    ]);
  });
  it('offers the XML files of the folder, that of the domain first', () => {
    assert.deepEqual(
      labels(completions(head.replace('domainXml: ./openEulerVM.domain.xml', 'domainXml: |'))),
      ['./openEulerVM.domain.xml', './b.xml'],
    );
  });
  it('offers the other hosts of an inventory as jump hosts', () => {
    const found = completions(`${inventory}    jumpHost: |\n`, undefined, 'hosts.migration.yaml');
    assert.deepEqual(labels(found), ['kvm01']);
  });
  it('offers no MAC address that is listed', () => {
    const details = (networks: string): readonly unknown[] =>
      completions(head + networks).map(({ detail }) => detail);
    assert.ok(details('networks:\n  - mac: |\n').includes('br0'));
    const listed = 'networks:\n  - mac: "52:54:00:12:34:56"\n    segment: a\n  - mac: |\n';
    assert.ok(!details(listed).includes('br0'));
  });
});

describe('hover', () => {
  const text = (marked: string): string => {
    const { text: content, offset } = atCursor(marked);
    const context = contextOf('a.migration.yaml', { ...files, 'a.migration.yaml': content });
    return (
      hover(context, offset)
        ?.lines.map((line) => render(line))
        .join('\n') ?? ''
    );
  };
  it('explains the rule in a comment that ignores it', () => {
    assert.match(text('a: 1 # livemigrate-ignore host-un|known: x\n'), /level/);
  });
  it('shows the domain behind the path of its XML', () => {
    assert.match(text(head.replace('./open', './op|en')), /openEulerVM\.qcow2/);
  });
  it('names the units of a quantity', () => {
    assert.match(text('policy:\n  band|width: 1MiB/s\n'), /MiB\/s, GiB\/s, Mbit\/s/);
  });
});

describe('inlay hints from facts', () => {
  const measured = (dirtyRate: DomainFacts['dirtyRate']): HostSnapshot => {
    const domain: DomainFacts = {
      name: 'openEulerVM',
      uuid: '3d1b5e0a-58f1-4a3c-9d53-7f0a4f9d6b11',
      state: 'running',
      persistent: true,
      snapshots: 0,
      xml: domainXml,
      job: undefined,
      maxDowntimeMs: undefined,
      parameters: undefined,
      capabilities: undefined,
      guestAgent: undefined,
      dirtyRate,
    };
    return { ...kvm01, domains: { ok: true, from: 'virsh list', value: [domain] } };
  };
  const hints = (text: string, facts?: FactsSnapshot): readonly (readonly [string, string])[] => {
    const options = facts === undefined ? {} : { facts, now: kvm01.at + 120_000 };
    const context = contextOf('a.migration.yaml', { ...files, 'a.migration.yaml': text }, options);
    return inlayHints(context, { start: 0, end: text.length }).map(({ offset, label, tooltip }) => [
      `${text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim()} ${typeof label === 'string' ? label : render(label)}`,
      tooltip.map((line) => render(line)).join('\n'),
    ]);
  };
  it('tell how old facts are and how large an image is', () => {
    const found = hints(migration, snapshot(kvm01)).map(([hint]) => hint);
    assert.ok(found.includes('source: kvm01 asked 2m ago'), found.join('\n'));
    assert.ok(found.includes('- target: sda 20GiB'), found.join('\n'));
  });
  it('forecast from the measured dirty rate, and say what the forecast rests on', () => {
    const facts = snapshot(
      measured({
        bytesPerSecond: 100 * 2 ** 20,
        at: kvm01.at,
        calcTimeSeconds: 1,
        mode: 'page-sampling',
      }),
    );
    const [hint, tooltip] =
      hints(migration, facts).find(([each]) => each.includes('forecast')) ?? [];
    // 1 GiB at 500 MiB/s while 100 MiB/s are written: 1024 + 204.8 MiB, then the pause.
    assert.equal(hint, 'bandwidth: 500MiB/s forecast 2.49s, pause 440ms');
    assert.match(tooltip ?? '', /100MiB\/s, measured 2m ago/);
    assert.match(tooltip ?? '', /not known; it is taken to reach the limit/);
    assert.match(tooltip ?? '', /Disks are copied before/);
  });
  it('say when it does not converge, and with what it would', () => {
    const facts = snapshot(
      measured({
        bytesPerSecond: 2 ** 30,
        at: undefined,
        calcTimeSeconds: 1,
        mode: 'page-sampling',
      }),
    );
    const [hint, tooltip] =
      hints(migration, facts).find(([each]) => each.includes('forecast')) ?? [];
    assert.equal(hint, 'bandwidth: 500MiB/s forecast: does not converge');
    assert.match(tooltip ?? '', /It would converge with a bandwidth of/);
  });
  it('forecast nothing without a measurement, and nothing at all without a rate', () => {
    const found = hints(migration, snapshot(measured(undefined))).map(([hint]) => hint);
    assert.ok(
      found.includes('bandwidth: 500MiB/s all memory once: 2.05s; dirty rate not measured'),
    );
    const without = hints(migration.replace('  bandwidth: 500MiB/s\n', '')).map(([hint]) => hint);
    assert.ok(
      without.every((hint) => !/forecast|memory/.test(hint)),
      without.join('\n'),
    );
  });
});
