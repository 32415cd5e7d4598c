import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { commandToRead } from '../../../client/migration/command-to-read.ts';
import { command } from '../../../core/virsh/command.ts';

test('each option stands on a line of its own', () => {
  assert.equal(
    commandToRead(command('virsh', '-c', 'qemu:///system', 'migrate', '--live', '--domain', 'a b')),
    "virsh -c qemu:///system migrate \\\n  --live \\\n  --domain 'a b'",
  );
});

test('a shell reads the same words from it that the plan holds', () => {
  const words = ['--live', '--name', "it's --odd\nname", '--x', '$HOME `id`', '--empty', ''];
  const text = commandToRead(command('printf', '%s\\0', ...words));
  const said = execFileSync('/bin/sh', ['-c', text]).toString('utf8').split('\0');
  assert.deepEqual(said.slice(0, -1), words);
});
