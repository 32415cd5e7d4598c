import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MigrationDescriptor } from '../../../core/descriptor/descriptor.ts';
import { removeField, setField } from '../../../core/descriptor/edit.ts';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import type { TextEdit } from '../../../core/problems.ts';

const head = 'apiVersion: livemigrate/v1\nkind: Migration\ndomain: vm\nsource: a\ndestination: b\n';

function load(text: string): MigrationDescriptor {
  const descriptor = loadDescriptor('file:///vm.migration.yaml', text);
  assert.equal(descriptor.kind, 'Migration');
  return descriptor;
}

function apply(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end),
      text,
    );
}

test('a scalar is replaced where it stands and its comment stays', () => {
  const text = `${head}policy:\n  maxDowntime: 500 # pause\n`;
  assert.equal(
    apply(text, setField(load(text), ['policy', 'maxDowntime'], '500ms')),
    `${head}policy:\n  maxDowntime: 500ms # pause\n`,
  );
});

test('a missing key is added after the last key of its block, on a line of its own', () => {
  const text = `${head}policy:\n  persistent: true # keep\n\npreflight: { maxAge: 5m }\n`;
  assert.equal(
    apply(text, setField(load(text), ['policy', 'maxDowntime'], '500ms')),
    `${head}policy:\n  persistent: true # keep\n  maxDowntime: 500ms\n\npreflight: { maxAge: 5m }\n`,
  );
});

test('a key is added inside a flow mapping', () => {
  const text = `${head}preflight: { maxAge: 5m }\n`;
  assert.equal(
    apply(text, setField(load(text), ['preflight', 'guestAgent'], 'required')),
    `${head}preflight: { maxAge: 5m, guestAgent: required }\n`,
  );
});

test('missing parents and a list item with its identity are made', () => {
  assert.equal(
    apply(head, setField(load(head), ['storage', 'disks', 'sdb', 'action'], 'shared')),
    `${head.trimEnd()}\nstorage: { disks: [{ target: sdb, action: shared }] }\n`,
  );
});

test('a list item is found by its identity and changed', () => {
  const text = `${head}storage:\n  disks:\n    - target: sda\n      action: copy\n    - { target: sdb, action: copy }\n`;
  assert.equal(
    apply(text, setField(load(text), ['storage', 'disks', 'sdb', 'action'], 'shared')),
    text.replace('sdb, action: copy', 'sdb, action: shared'),
  );
});

test('a missing list item is appended to a block list', () => {
  const text = `${head}storage:\n  disks:\n    - target: sda\n      action: copy\n`;
  assert.equal(
    apply(text, setField(load(text), ['storage', 'disks', 'sdb', 'action'], 'shared')),
    `${text}    - { target: sdb, action: shared }\n`.replace('copy\n    -', 'copy\n    -'),
  );
});

test('every edit leaves a descriptor that binds to what was set', () => {
  const text = `${head}storage:\n  mode: mixed\n  disks:\n    - target: sda\n      action: copy\n`;
  const changed = load(
    apply(
      text,
      setField(load(text), ['storage', 'disks', 'sda', 'destination', 'path'], '/a b/c.qcow2'),
    ),
  );
  assert.equal(
    changed.migration.storage?.disks?.items[0]?.destination?.path?.value,
    '/a b/c.qcow2',
  );
  assert.deepEqual(changed.problems, []);
});

test('a removed list item takes its lines with it, a removed flow item its comma', () => {
  const block = `${head}storage:\n  disks:\n    - target: sda\n      action: copy\n    - { target: sdb, action: copy }\n`;
  assert.equal(
    apply(block, removeField(load(block), ['storage', 'disks', 'sdb'])),
    `${head}storage:\n  disks:\n    - target: sda\n      action: copy\n`,
  );
  const flow = `${head}storage: { disks: [{ target: sda, action: copy }, { target: sdb, action: copy }] }\n`;
  assert.equal(
    apply(flow, removeField(load(flow), ['storage', 'disks', 'sda'])),
    `${head}storage: { disks: [{ target: sdb, action: copy }] }\n`,
  );
});
