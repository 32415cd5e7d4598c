import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { quoteArgv } from '../../../core/virsh/quote.ts';

/** What a real shell makes of the quoted words, each ended by a NUL. */
function shellWords(line: string): readonly string[] {
  const { stdout, status } = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], {
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  return stdout.split('\0').slice(0, -1);
}

test('a real shell reads back exactly the words that were quoted, however hostile', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 0, maxLength: 20 }),
    fc.constantFrom(
      '$(reboot)',
      '`id`',
      "it's",
      '"',
      '\\',
      '-rf',
      '*',
      '~',
      '!',
      'a\nb',
      '',
      ';',
      '&&',
      '{a,b}',
      '=x',
      'A=b',
      '\t',
      '#',
    ),
  );
  const word = hostile.map((text) => text.replaceAll('\0', '').replace(/[\ud800-\udfff]/g, ''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      assert.deepEqual(shellWords(quoteArgv(words)), words);
    }),
    { seed: 11, numRuns: 300 },
  );
});

test('words of safe characters stay as one would type them', () => {
  assert.equal(
    quoteArgv(['virsh', 'migrate', '--live', 'vm1', 'qemu+ssh://root@kvm02/system']),
    'virsh migrate --live vm1 qemu+ssh://root@kvm02/system',
  );
});

test('a leading assignment cannot be mistaken for an environment variable', () => {
  assert.equal(quoteArgv(['A=b', 'x']), "'A=b' x");
});

test('a NUL character is refused', () => {
  assert.throws(() => quoteArgv(['a\0b']), /NUL/);
});
