/** The machine's own ssh client as transport. The server is a fake one; the client is the real `ssh`. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { spawn } from 'node:child_process';
import type { ServerChannel } from 'ssh2';
import { render } from '../../core/messages.ts';
import { command } from '../../core/virsh/command.ts';
import { HostError } from '../../hosts/host-error.ts';
import { openHosts } from '../../hosts/ssh/pool.ts';
import { connectByRoute } from '../../hosts/ssh/route.ts';
import type { SshEnvironment } from '../../hosts/ssh/target.ts';
import { requireTools } from '../../scripts/debian-tools.ts';
import { allClosed, ed25519, fakeServer, knownHosts, sandbox, targetAt } from './fake-server.ts';
import type { FakeServer, FakeServerOptions } from './fake-server.ts';

before(() => {
  requireTools({ ssh: 'openssh-client' });
});

interface Site {
  readonly server: FakeServer;
  readonly home: string;
  readonly environment: SshEnvironment;
  readonly told: string[];
}

/** A server that runs commands in a real shell, a key that it takes, and a trusted configuration. */
async function site(t: TestContext, options: FakeServerOptions = {}): Promise<Site> {
  const { home, environment } = sandbox(t);
  const [hostKey, userKey] = [ed25519(), ed25519()];
  const server = await fakeServer(t, { hostKeys: [hostKey], exec: runInShell, ...options });
  writeFileSync(join(home, 'key'), userKey.private, { mode: 0o600 });
  writeFileSync(join(home, 'config'), `Host *\n  IdentityFile ${join(home, 'key')}\n`);
  writeFileSync(join(home, 'known_hosts'), knownHosts(server.port, hostKey));
  const told: string[] = [];
  return {
    server,
    home,
    told,
    environment: {
      ...environment,
      transport: 'system',
      allowProxyCommand: true,
      warn: (message) => told.push(render(message)),
    },
  };
}

function runInShell(channel: ServerChannel, line: string): void {
  const child = spawn('/bin/sh', ['-c', line], { detached: true });
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('close', () => {
    // As sshd's end of a session does to what still runs in it.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  });
  child.on('close', (code) => {
    channel.exit(code ?? 255);
    channel.end();
  });
}

const kindOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof HostError ? error.kind : String(error)),
  );

test('commands run over one connection, with their input, output and exit code', async (t) => {
  const { server, environment } = await site(t);
  const session = await connectByRoute(targetAt(server.port), environment);
  const run = (...argv: [string, ...string[]]) =>
    session.exec({ argv, stdin: 'given\n' }, { timeout: 10_000 });
  const answers = await Promise.all([
    run('cat'),
    run('sh', '-c', 'echo "$LC_ALL"; echo "it\'s said" >&2; exit 7'),
    run('sh', '-c', 'exit 255'),
  ]);
  assert.deepEqual(answers, [
    { code: 0, signal: undefined, stdout: 'given\n', stderr: '' },
    { code: 7, signal: undefined, stdout: 'C\n', stderr: "it's said\n" },
    { code: 255, signal: undefined, stdout: '', stderr: '' },
  ]);
  assert.equal(server.sockets.size, 1);
  await session.close();
  await allClosed(server);
  assert.equal(await kindOf(session.exec(command('true'), { timeout: 1000 })), 'lost');
});

test('closing leaves no folder and no process behind', async (t) => {
  const { server, environment } = await site(t);
  const before = sockets();
  const session = await connectByRoute(targetAt(server.port), environment);
  assert.equal(sockets().length, before.length + 1);
  await session.close();
  assert.deepEqual(sockets(), before);
});

test('a command that takes too long, is given up or prints too much ends by itself', async (t) => {
  const { server, environment } = await site(t);
  const session = await connectByRoute(targetAt(server.port), environment);
  t.after(() => session.close());
  assert.equal(await kindOf(session.exec(command('sleep', '30'), { timeout: 300 })), 'timeout');
  const stop = new AbortController();
  const waiting = kindOf(
    session.exec(command('sleep', '30'), { timeout: 20_000, signal: stop.signal }),
  );
  stop.abort();
  assert.equal(await waiting, 'cancelled');
  const flood = session.exec(command('yes'), { timeout: 20_000, maxOutput: 10_000 });
  assert.equal(await kindOf(flood), 'output-too-large');
  assert.equal((await session.exec(command('true'), { timeout: 10_000 })).code, 0);
});

test('a connection that is cut ends its commands as lost', async (t) => {
  const { server, environment } = await site(t);
  const session = await connectByRoute(targetAt(server.port), environment);
  const waiting = kindOf(session.exec(command('sleep', '30'), { timeout: 20_000 }));
  await new Promise((done) => setTimeout(done, 300));
  for (const socket of server.sockets) socket.destroy();
  assert.equal(await waiting, 'lost');
  await session.closed;
});

test('an unknown host key is refused, a changed one is told as changed', async (t) => {
  const { server, home, environment } = await site(t);
  const connect = (): Promise<unknown> => connectByRoute(targetAt(server.port), environment);
  writeFileSync(join(home, 'known_hosts'), knownHosts(server.port, ed25519()));
  assert.equal(await kindOf(connect()), 'host-key-changed');
  writeFileSync(join(home, 'known_hosts'), '');
  assert.equal(await kindOf(connect()), 'host-key-unknown');
  assert.equal(server.attempts.length, 0);
});

test('where the built-in client gets in, the machine’s ssh is not asked', async (t) => {
  const { server, environment, told } = await site(t);
  const session = await connectByRoute(targetAt(server.port), {
    ...environment,
    transport: 'auto',
  });
  await session.close();
  assert.deepEqual(told, []);
});

test('where only the machine’s ssh gets in, it takes over and the reason is told', async (t) => {
  // Stands for keys that only it can use: the first client to log in is turned away.
  let logins = 0;
  const { server, environment, told } = await site(t, {
    authenticate: (context, connection) => {
      const first = firstOf(connection, () => ++logins) === 1;
      if (context.method === 'publickey' && !first) context.accept();
      else context.reject(['publickey']);
    },
  });
  const hosts = openHosts({ ...environment, transport: 'auto' });
  t.after(() => hosts.close());
  const session = await hosts.session(targetAt(server.port));
  assert.equal((await session.exec(command('echo', 'in'), { timeout: 10_000 })).stdout, 'in\n');
  assert.match(
    told.join('\n'),
    /kvm01 is reached with the machine’s own ssh, because: kvm01 did not let admin in/,
  );
});

test('with a configuration that is not the user’s own, the machine’s ssh is not run', async (t) => {
  const { server, environment } = await site(t, {
    authenticate: (context) => {
      context.reject(['publickey']);
    },
  });
  const connect = connectByRoute(targetAt(server.port), {
    ...environment,
    transport: 'auto',
    allowProxyCommand: false,
  });
  assert.equal(await kindOf(connect), 'authentication');
  const logins = server.attempts.length;
  await new Promise((done) => setTimeout(done, 200));
  assert.equal(server.attempts.length, logins);
});

const numbers = new WeakMap<object, number>();
function firstOf(connection: object, next: () => number): number {
  const number = numbers.get(connection) ?? next();
  numbers.set(connection, number);
  return number;
}

/** Folders with control sockets of this machine. */
function sockets(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith('lm-ssh-') && existsSync(join(tmpdir(), name)))
    .sort();
}
