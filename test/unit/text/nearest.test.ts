import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexLines } from '../../../core/text/lines.ts';
import { nearestName } from '../../../core/text/nearest.ts';

test('the nearest name is found through a slip, a swap and another case', () => {
  const names = ['destination', 'domain', 'source'];
  assert.equal(nearestName('destinaton', names), 'destination');
  assert.equal(nearestName('doamin', names), 'domain');
  assert.equal(nearestName('SOURCE', names), 'source');
});

test('a word that resembles nothing gets no suggestion', () => {
  assert.equal(nearestName('zzz', ['destination', 'domain']), undefined);
});

test('offsets and positions convert both ways over all kinds of line ends', () => {
  const text = 'a\r\nbb\rccc\n\u{1f600}d';
  const lines = indexLines(text);
  assert.equal(lines.lineCount, 4);
  assert.deepEqual(lines.position(text.indexOf('d')), { line: 3, character: 2 });
  for (let offset = 0; offset <= text.length; offset++) {
    assert.equal(lines.offset(lines.position(offset)), offset);
  }
  assert.equal(lines.offset({ line: 99, character: 0 }), text.length);
});
