import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HostError } from '../../hosts/host-error.ts';
import type { HostErrorKind } from '../../hosts/session.ts';
import { connectHost } from '../../hosts/ssh/connect.ts';
import { fingerprint } from '../../hosts/ssh/known-hosts.ts';
import { openHosts } from '../../hosts/ssh/pool.ts';
import type { HostKeyQuestion } from '../../hosts/ssh/target.ts';
import {
  allClosed,
  ecdsa,
  ed25519,
  fakeServer,
  knownHosts,
  sandbox,
  targetAt,
  wire,
} from './fake-server.ts';

async function refused(kind: HostErrorKind, work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HostError, String(error));
  assert.equal(error.kind, kind, error.message);
  return error.message;
}

test('an unknown key is refused when nobody can be asked, with fingerprint and what to do, before any login', async (t) => {
  const key = ed25519();
  const server = await fakeServer(t, { hostKeys: [key] });
  const { home, environment } = sandbox(t);
  const message = await refused(
    'host-key-unknown',
    connectHost(targetAt(server.port), environment),
  );
  assert.ok(message.includes(fingerprint(wire(key))) && message.includes('known_hosts'), message);
  assert.deepEqual(server.attempts, []);
  assert.equal(existsSync(join(home, 'known_hosts')), false);
  await allClosed(server);
});

test('an accepted key is remembered and not asked for again; a declined one is refused', async (t) => {
  const key = ed25519();
  const server = await fakeServer(t, { hostKeys: [key] });
  const { home, environment } = sandbox(t);
  const questions: HostKeyQuestion[] = [];
  let answer = false;
  const confirmHostKey = (question: HostKeyQuestion): Promise<boolean> => {
    questions.push(question);
    return Promise.resolve(answer);
  };
  const connect = () => connectHost(targetAt(server.port), { ...environment, confirmHostKey });
  await refused('host-key-unknown', connect());
  assert.equal(existsSync(join(home, 'known_hosts')), false);
  answer = true;
  await (await connect()).close();
  await (await connect()).close();
  assert.equal(questions.length, 2);
  assert.deepEqual(questions[1], {
    host: 'kvm01',
    address: `[127.0.0.1]:${server.port}`,
    keyType: 'ssh-ed25519',
    fingerprint: fingerprint(wire(key)),
  });
  assert.equal(readFileSync(join(home, 'known_hosts'), 'utf8'), knownHosts(server.port, key));
  await allClosed(server);
});

test('the time a person takes for the question does not count', async (t) => {
  const server = await fakeServer(t, {});
  const { environment } = sandbox(t);
  const session = await connectHost(targetAt(server.port), {
    ...environment,
    connectTimeout: 300,
    confirmHostKey: () => new Promise((done) => setTimeout(done, 900, true)),
  });
  await session.close();
});

for (const policy of ['no', 'accept-new', 'off'])
  test(`a changed key is refused with StrictHostKeyChecking ${policy}, and shown with file and line`, async (t) => {
    const [old, now] = [ed25519(), ed25519()];
    const server = await fakeServer(t, { hostKeys: [now] });
    const { home, environment } = sandbox(t, { config: `StrictHostKeyChecking ${policy}\n` });
    const file = join(home, 'known_hosts');
    const before = `# mine\n${knownHosts(server.port, old)}`;
    writeFileSync(file, before);
    const confirmHostKey = () => assert.fail('nobody is asked about a changed key');
    const message = await refused(
      'host-key-changed',
      connectHost(targetAt(server.port), { ...environment, confirmHostKey }),
    );
    for (const part of [fingerprint(wire(old)), fingerprint(wire(now)), `${file}, line 2`])
      assert.ok(message.includes(part), message);
    assert.deepEqual(server.attempts, []);
    assert.equal(readFileSync(file, 'utf8'), before);
    await allClosed(server);
  });

test('StrictHostKeyChecking yes asks nobody', async (t) => {
  const server = await fakeServer(t, {});
  const { environment } = sandbox(t, { config: 'StrictHostKeyChecking yes\n' });
  const confirmHostKey = () => assert.fail('asked');
  await refused(
    'host-key-unknown',
    connectHost(targetAt(server.port), { ...environment, confirmHostKey }),
  );
});

test('a revoked key is refused', async (t) => {
  const key = ed25519();
  const server = await fakeServer(t, { hostKeys: [key] });
  const { home, environment } = sandbox(t);
  const line = knownHosts(server.port, key);
  writeFileSync(join(home, 'known_hosts'), `${line}@revoked ${line}`);
  const message = await refused(
    'host-key-revoked',
    connectHost(targetAt(server.port), environment),
  );
  assert.ok(message.includes('line 2'), message);
});

test('a known_hosts file that cannot be read refuses before a socket is opened', async (t) => {
  const server = await fakeServer(t, {});
  const { home, environment } = sandbox(t);
  mkdirSync(join(home, 'known_hosts'));
  await refused('known-hosts-unreadable', connectHost(targetAt(server.port), environment));
  assert.equal(server.sockets.size, 0);
});

test('of several keys the host shows the one that is known', async (t) => {
  const [first, second] = [ed25519(), ecdsa()];
  const server = await fakeServer(t, { hostKeys: [first, second] });
  const { home, environment } = sandbox(t);
  for (const key of [first, second]) {
    writeFileSync(join(home, 'known_hosts'), knownHosts(server.port, key));
    await (await connectHost(targetAt(server.port), environment)).close();
  }
});

test('a key that is known for the name without a port is good for every port', async (t) => {
  const key = ed25519();
  const server = await fakeServer(t, { hostKeys: [key] });
  const { home, environment } = sandbox(t);
  writeFileSync(join(home, 'known_hosts'), knownHosts(22, key));
  await (await connectHost(targetAt(server.port), environment)).close();
});

test('a key alias is looked up without the port', async (t) => {
  const key = ed25519();
  const server = await fakeServer(t, { hostKeys: [key] });
  const { home, environment } = sandbox(t, { config: 'HostKeyAlias the-alias\n' });
  writeFileSync(join(home, 'known_hosts'), knownHosts(22, key).replace('127.0.0.1', 'the-alias'));
  await (await connectHost(targetAt(server.port), environment)).close();
});

test('two connections at once ask once', async (t) => {
  const server = await fakeServer(t, {});
  const { environment } = sandbox(t);
  let asked = 0;
  const hosts = openHosts({
    ...environment,
    confirmHostKey: () => {
      asked++;
      return new Promise((done) => setTimeout(done, 50, true));
    },
  });
  const sessions = await Promise.all([
    hosts.session(targetAt(server.port, 'one')),
    hosts.session(targetAt(server.port, 'two')),
    hosts.session(targetAt(server.port, 'one')),
  ]);
  assert.equal(asked, 1);
  assert.equal(new Set(sessions).size, 2);
  await hosts.close();
  await allClosed(server);
});
