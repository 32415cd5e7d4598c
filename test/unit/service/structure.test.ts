import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldingRanges } from '../../../core/service/folding.ts';
import { selectionSpans } from '../../../core/service/selection.ts';
import { migration } from '../../protocol/samples.ts';
import { contextOf } from './memory-workspace.ts';

const context = (text: string) => contextOf('a.migration.yaml', { 'a.migration.yaml': text });

describe('folding', () => {
  it('takes every value and item of several lines, and comments below each other', () => {
    const text = `# one\n# two\n${migration}`;
    const folded = foldingRanges(context(text)).map(({ span, kind }) => {
      const lines = text.slice(span.start, span.end).split('\n');
      return `${kind} ${lines[0]?.trim() ?? ''} +${String(lines.length - 1)}`;
    });
    assert.deepEqual(folded, [
      'region storage: +7',
      'region disks: +5',
      'region target: sda +2',
      'region target: sdb +1',
      'region policy: +2',
      'comment # one +1',
    ]);
  });
});

describe('a growing selection', () => {
  it('takes the word, its quotes, the entry, the item, and so on to the whole file', () => {
    const text = 'storage:\n  disks:\n    - target: "sda"\n      action: copy\n';
    const steps = selectionSpans(context(text), text.indexOf('sda')).map(({ start, end }) =>
      text.slice(start, end),
    );
    assert.deepEqual(steps, [
      'sda',
      '"sda"',
      'target: "sda"',
      'target: "sda"\n      action: copy',
      '- target: "sda"\n      action: copy',
      'disks:\n    - target: "sda"\n      action: copy',
      text.trimEnd(),
      text,
    ]);
  });
});
