import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { command } from '../../core/virsh/command.ts';
import { HostError } from '../../hosts/host-error.ts';
import { connectHost } from '../../hosts/ssh/connect.ts';
import { openHosts } from '../../hosts/ssh/pool.ts';
import type { SshEnvironment } from '../../hosts/ssh/target.ts';
import {
  allClosed,
  answering,
  ed25519,
  fakeServer,
  knownHosts,
  sandbox,
  targetAt,
} from './fake-server.ts';
import type { FakeServer, FakeServerOptions } from './fake-server.ts';

/** Servers whose keys are known, in one sandbox. */
async function servers(
  t: TestContext,
  ...each: readonly FakeServerOptions[]
): Promise<{
  readonly all: readonly FakeServer[];
  readonly home: string;
  readonly environment: SshEnvironment;
}> {
  const { home, environment } = sandbox(t);
  const lines: string[] = [];
  const all: FakeServer[] = [];
  for (const options of each) {
    const key = ed25519();
    const server = await fakeServer(t, { hostKeys: [key], ...options });
    all.push(server);
    lines.push(knownHosts(server.port, key));
  }
  writeFileSync(join(home, 'known_hosts'), lines.join(''));
  return { all, home, environment };
}

function at(servers: readonly FakeServer[], index: number): FakeServer {
  return servers[index] ?? assert.fail();
}

test('a host is reached through two jump hosts, and everything closes with it', async (t) => {
  const { all, home, environment } = await servers(
    t,
    { forwards: true },
    { forwards: true },
    { exec: answering('inside') },
  );
  const hop = (index: number): string => `me@127.0.0.1:${at(all, index).port}`;
  writeFileSync(
    join(home, 'config'),
    `Host target\n  ProxyJump ${hop(0)},${hop(1)}\n  HostName 127.0.0.1\n  Port ${at(all, 2).port}\n`,
  );
  const session = await connectHost({ name: 'kvm01', address: 'target' }, environment);
  assert.equal((await session.exec(command('true'), { timeout: 2000 })).stdout, 'inside');
  await session.close();
  for (const server of all) await allClosed(server);
});

test('a jump host of the inventory is used with its own address and user', async (t) => {
  const { all, environment } = await servers(t, { forwards: true }, { exec: answering('inside') });
  const jumpHost = targetAt(at(all, 0).port, 'gate');
  const session = await connectHost({ ...targetAt(at(all, 1).port), jumpHost }, environment);
  assert.equal(at(all, 0).sockets.size, 1);
  assert.equal((await session.exec(command('true'), { timeout: 2000 })).stdout, 'inside');
  await session.close();
  for (const server of all) await allClosed(server);
});

test('the key of each jump host is verified', async (t) => {
  const { all, home, environment } = await servers(t, { forwards: true }, {});
  writeFileSync(join(home, 'known_hosts'), knownHosts(at(all, 0).port, ed25519()));
  const jumpHost = targetAt(at(all, 0).port, 'gate');
  await assert.rejects(
    connectHost({ ...targetAt(at(all, 1).port), jumpHost }, environment),
    (error: unknown) => {
      assert.ok(error instanceof HostError);
      assert.deepEqual([error.kind, error.host], ['host-key-changed', 'gate']);
      return true;
    },
  );
  assert.equal(at(all, 1).sockets.size, 0);
  for (const server of all) await allClosed(server);
});

test('a jump host that does not forward is told with its name', async (t) => {
  const { all, environment } = await servers(t, { forwards: false });
  const jumpHost = targetAt(at(all, 0).port, 'gate');
  await assert.rejects(
    connectHost({ name: 'kvm01', address: '10.255.255.1', jumpHost }, environment),
    (error: unknown) => {
      assert.ok(error instanceof HostError);
      assert.equal(error.kind, 'unreachable');
      assert.match(error.message, /kvm01 cannot be reached from gate/);
      return true;
    },
  );
  await allClosed(at(all, 0));
});

test('jump hosts that go round in a circle are refused', async (t) => {
  const { environment, home } = sandbox(t);
  writeFileSync(join(home, 'config'), 'Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n');
  await assert.rejects(
    connectHost({ name: 'a' }, environment),
    (error: unknown) =>
      error instanceof HostError && error.kind === 'configuration' && /circle/.test(error.message),
  );
});

test('a jump host for all hosts is not its own jump host', async (t) => {
  const { all, home, environment } = await servers(
    t,
    { forwards: true },
    { exec: answering('inside') },
  );
  writeFileSync(
    join(home, 'config'),
    `Host *\n  ProxyJump gate\nHost gate\n  HostName 127.0.0.1\n  Port ${at(all, 0).port}\n`,
  );
  const session = await connectHost(targetAt(at(all, 1).port), environment);
  assert.equal(at(all, 0).sockets.size, 1);
  await session.close();
  for (const server of all) await allClosed(server);
});

test('a proxy command is refused unless it is allowed, and its process ends with the connection', async (t) => {
  const { all, home, environment } = await servers(t, { exec: answering('inside') });
  const started = join(home, 'started');
  const relay = `${process.execPath} -e 'const s=require("node:net").connect(%p,"%h");process.stdin.pipe(s).pipe(process.stdout)'`;
  writeFileSync(join(home, 'config'), `ProxyCommand touch ${started}; ${relay}\n`);
  const target = targetAt(at(all, 0).port);
  await assert.rejects(
    connectHost(target, environment),
    (error: unknown) =>
      error instanceof HostError &&
      error.kind === 'configuration' &&
      /ProxyCommand/.test(error.message),
  );
  assert.equal(existsSync(started), false);
  writeFileSync(join(home, 'config'), `ProxyCommand ${relay}\n`);
  const session = await connectHost(target, {
    ...environment,
    connectTimeout: 5000,
    allowProxyCommand: true,
  });
  assert.equal((await session.exec(command('true'), { timeout: 2000 })).stdout, 'inside');
  await session.close();
  await allClosed(at(all, 0));
});

test('a proxy command that fails at once is told so', async (t) => {
  const { environment } = sandbox(t, { config: 'ProxyCommand exit 3\n' });
  await assert.rejects(
    connectHost(targetAt(1), { ...environment, allowProxyCommand: true }),
    (error: unknown) => error instanceof HostError && error.kind === 'protocol',
  );
});

test('a pool keeps one connection, and opens another after it was lost', async (t) => {
  const { all, environment } = await servers(t, { exec: answering('ok') });
  const [server] = all;
  assert.ok(server);
  const hosts = openHosts(environment);
  const target = targetAt(server.port);
  assert.equal(hosts.current(target), undefined);
  const first = await hosts.session(target);
  assert.equal(await hosts.session(target), first);
  assert.equal(hosts.current(target), first);
  assert.equal(server.sockets.size, 1);
  for (const socket of server.sockets) socket.destroy();
  await first.closed;
  assert.equal(hosts.current(target), undefined);
  const second = await hosts.session(target);
  assert.notEqual(second, first);
  assert.equal((await second.exec(command('true'), { timeout: 2000 })).stdout, 'ok');
  await hosts.disconnect(target);
  await second.closed;
  const third = await hosts.session(target);
  await hosts.close();
  await third.closed;
  await assert.rejects(
    hosts.session(target),
    (error: unknown) => error instanceof HostError && error.kind === 'cancelled',
  );
  await allClosed(server);
});

test('a failed connection is tried anew by the next request', async (t) => {
  let letIn = false;
  const { all, environment } = await servers(t, {
    authenticate: (context) => {
      if (letIn) context.accept();
      else context.reject(['publickey']);
    },
  });
  const hosts = openHosts(environment);
  const target = targetAt(at(all, 0).port);
  await assert.rejects(hosts.session(target));
  letIn = true;
  await hosts.session(target);
  await hosts.close();
});

test('one who gives up does not take the connection from another who waits for it', async (t) => {
  const { all, environment } = await servers(t, {
    authenticate: (context) => setTimeout(() => context.accept(), 100),
  });
  const hosts = openHosts(environment);
  const target = targetAt(at(all, 0).port);
  const abort = new AbortController();
  const given = hosts.session(target, abort.signal);
  const kept = hosts.session(target);
  abort.abort();
  await assert.rejects(
    given,
    (error: unknown) => error instanceof HostError && error.kind === 'cancelled',
  );
  await kept;
  await hosts.close();
});
