import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { migrationFields } from '../../../core/descriptor/fields.ts';
import { inventoryFields } from '../../../core/descriptor/inventory-fields.ts';
import type { Field } from '../../../core/descriptor/field-types.ts';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import { allRules } from '../../../core/rules/all.ts';
import { complete } from '../../../core/service/completion.ts';
import type { CompletionItem } from '../../../core/service/completion-item.ts';
import { domainXml, inventory } from '../../protocol/samples.ts';
import { atCursor } from './cursor-text.ts';
import { contextOf } from './memory-workspace.ts';
import type { MemoryOptions } from './memory-workspace.ts';
import { kvm01, snapshot } from './snapshots.ts';

const head = 'apiVersion: livemigrate/v1\nkind: Migration\n';
const linked = `${head}domain: openEulerVM\ndomainXml: ./openEulerVM.domain.xml\nsource: kvm01\n`;

function completions(marked: string, options: MemoryOptions = {}): readonly CompletionItem[] {
  const { text, offset } = atCursor(marked);
  const files = {
    'a.migration.yaml': text,
    'hosts.migration.yaml': inventory,
    'openEulerVM.domain.xml': domainXml,
  };
  return complete(contextOf('a.migration.yaml', files, options), offset);
}
const labels = (items: readonly CompletionItem[]): readonly string[] =>
  [...items].sort((a, b) => (a.order < b.order ? -1 : 1)).map((item) => item.label);

/** The text after choosing a completion, with placeholders filled by their defaults. */
function chosen(marked: string, label: string, options: MemoryOptions = {}): string {
  const { text } = atCursor(marked);
  const item = completions(marked, options).find((each) => each.label === label);
  assert.ok(item, `${label} is not offered`);
  const column = item.span.start - (text.lastIndexOf('\n', item.span.start - 1) + 1);
  const indent = /^ */.exec(text.slice(text.lastIndexOf('\n', item.span.start - 1) + 1))?.[0] ?? '';
  assert.ok(column >= indent.length);
  const plain = item.snippet
    ? item.newText
        .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
        .replace(/\$\d+/g, '')
        .replace(/\\([\\$}])/g, '$1')
    : item.newText;
  // Editors indent the further lines of an inserted text as the line that it goes into.
  const adjusted = plain.replaceAll('\n', `\n${indent}`);
  return text.slice(0, item.span.start) + adjusted + text.slice(item.span.end);
}

describe('completion of keys', () => {
  it('offers required keys first and none that is there', () => {
    const found = labels(completions(`${head}|`));
    assert.deepEqual(found.slice(0, 3), ['domain', 'source', 'destination']);
    assert.ok(found.includes('policy'));
    assert.ok(!found.includes('kind'));
  });
  it('offers every key of the table at its place', () => {
    const visit = (field: Field, lines: string, indent: string): void => {
      if (field.kind === 'list') {
        visit(field.item, lines.replace(/ *$/, `${indent}- `), `${indent}  `);
        return;
      }
      if (field.kind !== 'object') return;
      const found = labels(completions(`${lines}|`)).map((label) => label.replace(/^- /, ''));
      for (const [key, below] of Object.entries(field.fields)) {
        if (indent !== '' || (key !== 'kind' && key !== 'apiVersion')) {
          assert.ok(found.includes(key), `${key} after ${JSON.stringify(lines)}: ${found.join()}`);
        }
        if (below.kind === 'object' || below.kind === 'list') {
          visit(below, `${lines}${key}:\n${indent}  `, `${indent}  `);
        }
      }
    };
    visit(migrationFields, head, '');
    visit(inventoryFields, head.replace('Migration', 'HostInventory'), '');
  });
  it('replaces the half-typed key and adds its colon only once', () => {
    assert.equal(chosen('policy:\n  band|', 'bandwidth'), 'policy:\n  bandwidth: ');
    assert.equal(chosen('policy:\n  ban|d: 1MiB/s', 'bandwidth'), 'policy:\n  bandwidth: 1MiB/s');
  });
  it('opens an indented block for a key that holds a mapping', () => {
    assert.equal(chosen(`${head}pol|`, 'policy'), `${head}policy:\n  `);
  });
  it('works in flow style', () => {
    const found = labels(completions('policy:\n  autoConverge: { initial: 20, | }'));
    assert.deepEqual(found, ['increment']);
  });
  it('offers all rule ids with their summaries', () => {
    const found = completions(`${head}rules:\n  |`);
    assert.deepEqual(labels(found).toSorted(), allRules.map((rule) => rule.id).toSorted());
    assert.ok(found.every((item) => item.documentation.length > 0));
    assert.deepEqual(labels(completions(`${head}rules: { ${allRules[0]?.id ?? ''}: | }`)), [
      'error',
      'warning',
      'info',
      'off',
    ]);
  });
  it('documents every key', () => {
    for (const item of completions('policy:\n  |')) assert.ok(item.documentation.length > 0);
  });
});

describe('completion of values', () => {
  it('offers the values of an enumeration, the default chosen', () => {
    const found = completions('policy:\n  mode: |');
    assert.deepEqual(labels(found), [
      'pre-copy',
      'post-copy-on-timeout',
      'post-copy-after-first-pass',
      'post-copy-by-hand',
    ]);
    assert.equal(found.find((item) => item.preselect)?.label, 'pre-copy');
  });
  it('offers true and false', () => {
    assert.deepEqual(labels(completions('policy:\n  persistent: |')), ['true', 'false']);
    assert.deepEqual(labels(completions('policy: { tls: | }')), ['true', 'false']);
  });
  it('puts units to a number', () => {
    assert.deepEqual(labels(completions('policy:\n  bandwidth: 500|')), [
      '500MiB/s',
      '500GiB/s',
      '500Mbit/s',
      '500Gbit/s',
    ]);
    assert.equal(
      chosen('policy:\n  bandwidth: 500|', '500MiB/s'),
      'policy:\n  bandwidth: 500MiB/s',
    );
  });
  it('offers only quantities that the field takes', () => {
    for (const item of completions('preflight:\n  dirtyRate:\n    calcTime: |')) {
      const text = `${head}preflight: { dirtyRate: { calcTime: ${item.newText} } }`;
      const codes = loadDescriptor('mem:/x', text).problems.map((problem) => problem.code);
      assert.ok(!codes.includes('wrong-value'), item.label);
    }
  });
  it('offers the hosts of the inventory, without the other end', () => {
    assert.deepEqual(labels(completions(`${head}source: |`)), ['kvm01', 'kvm02']);
    assert.deepEqual(labels(completions(`${head}source: kvm01\ndestination: |`)), ['kvm02']);
  });
  it('offers domains of the source host and of the linked XML', () => {
    const found = completions(`${head}domain: |\nsource: kvm01\n`, { facts: snapshot(kvm01) });
    assert.deepEqual(labels(found), ['webServer']);
    assert.ok(
      labels(completions(linked.replace('domain: openEulerVM', 'domain: |'))).includes(
        'openEulerVM',
      ),
    );
  });
  it('offers the disks that are not listed yet', () => {
    const found = completions(
      `${linked}storage:\n  disks:\n    - { target: sda, action: copy }\n    - { target: | }`,
    );
    assert.deepEqual(labels(found), ['sdb']);
  });
  it('offers the size of the source image to the byte', () => {
    const marked = `${linked}storage:\n  disks:\n    - target: sda\n      action: copy\n      destination:\n        size: |`;
    assert.equal(labels(completions(marked, { facts: snapshot(kvm01) }))[0], '20GiB');
  });
  it('offers the migration address of the destination', () => {
    const marked = `${linked}destination: kvm02\npolicy:\n  migrateUri: |`;
    assert.deepEqual(labels(completions(marked)), ['tcp://10.9.0.2']);
  });
  it('sets the value off from the colon by a space', () => {
    assert.equal(chosen('kind:|', 'Migration'), 'kind: Migration');
  });
});

describe('completion of whole items', () => {
  it('offers an entry for each disk, with what is usually done with it', () => {
    const marked = `${linked}storage:\n  mode: mixed\n  disks:\n    |`;
    const facts = snapshot(kvm01);
    assert.deepEqual(labels(completions(marked, { facts })).slice(0, 2), ['- sda', '- sdb']);
    const expected = [
      '    - target: sda',
      '      action: copy',
      '      destination:',
      '        path: /var/lib/libvirt/images/openEulerVM.qcow2',
      '        format: qcow2',
      '        size: 20GiB',
      '        create: true',
    ];
    const text = chosen(marked, '- sda', { facts });
    assert.deepEqual(text.split('\n').slice(-expected.length), expected);
    assert.ok(chosen(marked, '- sdb').endsWith('    - target: sdb\n      action: shared'));
  });
  it('binds without a problem once it is chosen', () => {
    const marked = `${linked}destination: kvm02\nstorage:\n  disks:\n    - |`;
    for (const label of ['sda', 'sdb']) {
      const text = chosen(marked, label, { facts: snapshot(kvm01) });
      assert.deepEqual(loadDescriptor('mem:/x', text).problems, [], text);
    }
  });
  it('offers an entry for each network interface', () => {
    const text = chosen(`${linked}networks:\n  |`, '- 52:54:00:12:34:56');
    assert.ok(text.endsWith('  - mac: "52:54:00:12:34:56"\n    segment: '));
  });
});

it('completion answers at any offset of any damaged descriptor without an exception', () => {
  const whole = `${linked}storage:\n  disks:\n    - { target: sda, action: copy }\npolicy:\n  tls: { verifyPeer: true }\n  bandwidth: 5MiB/s\n`;
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(30), fc.nat(whole.length), (cut, length, at) => {
      const text = whole.slice(0, cut) + whole.slice(cut + length);
      const offset = Math.min(at, text.length);
      const files = { 'a.migration.yaml': text, 'openEulerVM.domain.xml': domainXml };
      for (const item of complete(contextOf('a.migration.yaml', files), offset)) {
        assert.ok(item.span.start <= offset && offset <= item.span.end);
      }
    }),
    { numRuns: 300 },
  );
});
