import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from '../../core/virsh/command.ts';
import { connectHost } from '../../hosts/ssh/connect.ts';
import {
  allClosed,
  answering,
  ed25519,
  fakeServer,
  knownHosts,
  sandbox,
  targetAt,
} from './fake-server.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

test('a command runs with LC_ALL=C and its words quoted; a non-zero exit is a result', async (t) => {
  const key = ed25519();
  const server = await fakeServer(t, { hostKeys: [key], exec: answering('out', 3) });
  const { home, environment } = sandbox(t);
  writeFileSync(join(home, 'known_hosts'), knownHosts(server.port, key));
  const session = await connectHost(targetAt(server.port), environment);
  const result = await session.exec(command('virsh', 'dumpxml', "it's; rm -rf /"), {
    timeout: 2000,
  });
  assert.deepEqual(result, { code: 3, signal: undefined, stdout: 'out', stderr: '' });
  assert.deepEqual(server.commands, [`env LC_ALL=C virsh dumpxml 'it'\\''s; rm -rf /'`]);
  await session.close();
  await session.closed;
  await allClosed(server);
});
