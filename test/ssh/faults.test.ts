import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { command } from '../../core/virsh/command.ts';
import { HostError } from '../../hosts/host-error.ts';
import type { HostErrorKind, HostSession } from '../../hosts/session.ts';
import { connectHost } from '../../hosts/ssh/connect.ts';
import {
  allClosed,
  answering,
  ed25519,
  fakeServer,
  knownHosts,
  rawServer,
  sandbox,
  targetAt,
} from './fake-server.ts';
import type { FakeServer, FakeServerOptions } from './fake-server.ts';

/** Milliseconds in which every fault must be told. */
const bound = 2500;

/** Expects an error of this kind, in bounded time. */
async function refusal(
  kind: HostErrorKind,
  words: RegExp,
  work: Promise<unknown>,
): Promise<HostError> {
  const started = performance.now();
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HostError, String(error));
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, words);
  assert.ok(performance.now() - started < bound, `it took ${performance.now() - started} ms`);
  return error;
}

function connectTo(
  t: TestContext,
  server: FakeServer,
  known = '',
  connectTimeout = 10_000,
): Promise<HostSession> {
  const { home, environment } = sandbox(t);
  writeFileSync(join(home, 'known_hosts'), known);
  return connectHost(targetAt(server.port), { ...environment, connectTimeout });
}

/** A session with a server whose key is known. */
async function session(
  t: TestContext,
  options: FakeServerOptions,
): Promise<{ readonly server: FakeServer; readonly session: HostSession }> {
  const key = ed25519();
  const server = await fakeServer(t, { hostKeys: [key], ...options });
  return { server, session: await connectTo(t, server, knownHosts(server.port, key)) };
}

test('a port that nobody listens on is told as refused', async (t) => {
  const unused = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => unused.once('listening', done));
  const { port } = unused.address() as AddressInfo;
  await new Promise((done) => unused.close(done));
  const { environment } = sandbox(t);
  await refusal(
    'refused',
    /kvm01 refuses connections at 127\.0\.0\.1 port/,
    connectHost(targetAt(port), environment),
  );
});

test('a name without an address is told as such', async (t) => {
  const { environment } = sandbox(t);
  await refusal(
    'unresolvable',
    /no address for nothing\.invalid/,
    connectHost(
      { name: 'kvm01', address: 'nothing.invalid' },
      { ...environment, connectTimeout: 2000 },
    ),
  );
});

test('a server that accepts and says nothing runs into the timeout', async (t) => {
  const server = await rawServer(t, () => undefined);
  await refusal('timeout', /sends no ssh greeting/, connectTo(t, server, '', 400));
  await allClosed(server);
});

test('a server that answers garbage instead of a greeting is told so', async (t) => {
  const server = await rawServer(t, (socket) => {
    socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(50));
    socket.write(Buffer.alloc(20_000, 0xff));
  });
  await refusal('protocol', /does not speak ssh|closed the connection/, connectTo(t, server));
  await allClosed(server);
});

test('a server that greets and then talks nonsense is told so', async (t) => {
  const server = await rawServer(t, (socket) => {
    socket.write('SSH-2.0-nonsense\r\n');
    socket.write(Buffer.alloc(40_000, 0x7f));
  });
  await refusal('protocol', /does not speak ssh|closed the connection/, connectTo(t, server));
  await allClosed(server);
});

test('a server that drips its greeting for ever runs into the timeout', async (t) => {
  const server = await rawServer(t, (socket) => {
    const timer = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => {
      clearInterval(timer);
    });
  });
  await refusal('timeout', /sends no ssh greeting/, connectTo(t, server, '', 400));
  await allClosed(server);
});

test('a server that closes at once is told so', async (t) => {
  const server = await rawServer(t, (socket) => socket.destroy());
  await refusal('protocol', /closed the connection/, connectTo(t, server));
  await allClosed(server);
});

test('a server that hangs during the login runs into the timeout', async (t) => {
  const key = ed25519();
  const server = await fakeServer(t, { hostKeys: [key], authenticate: () => undefined });
  await refusal(
    'timeout',
    /does not finish the login/,
    connectTo(t, server, knownHosts(server.port, key), 1000),
  );
  await allClosed(server);
});

test('a server that ends the connection during the login is told so', async (t) => {
  const key = ed25519();
  const server = await fakeServer(t, {
    hostKeys: [key],
    authenticate: (_context, connection) => connection.end(),
  });
  await refusal(
    'authentication',
    /ended the connection while admin was logging in/,
    connectTo(t, server, knownHosts(server.port, key)),
  );
  await allClosed(server);
});

test('giving up while connecting closes the socket', async (t) => {
  const server = await rawServer(t, () => undefined);
  const { environment } = sandbox(t);
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort();
  }, 50);
  await refusal(
    'cancelled',
    /given up/,
    connectHost(
      targetAt(server.port),
      { ...environment, connectTimeout: 30_000 },
      { signal: abort.signal },
    ),
  );
  await allClosed(server);
});

test('a connection that breaks in the middle of a command is lost, not finished', async (t) => {
  const { server, session: open } = await session(t, {
    exec: (channel, _command, connection) => {
      channel.write('half of the ');
      setTimeout(() => connection.end(), 20);
    },
  });
  await refusal(
    'lost',
    /whether it finished is not known/,
    open.exec(command('virsh', 'list'), { timeout: 5000 }),
  );
  await open.closed;
  await refusal('lost', /connection to kvm01/i, open.exec(command('true'), { timeout: 5000 }));
  await allClosed(server);
});

test('a command that ends without a status is lost, not a success', async (t) => {
  const { session: open } = await session(t, {
    exec: (channel) => {
      channel.end();
    },
  });
  await refusal('lost', /ended without saying how/, open.exec(command('true'), { timeout: 5000 }));
  await open.close();
});

test('a command that never ends is given up after its timeout, and the connection goes on', async (t) => {
  const { server, session: open } = await session(t, {
    exec: (channel, sent) => {
      if (sent.includes('quick')) answering('fine')(channel, sent, undefined as never);
    },
  });
  await refusal(
    'timeout',
    /virsh list on kvm01 did not end within 0\.2 s/,
    open.exec(command('virsh', 'list'), { timeout: 200 }),
  );
  const after = await open.exec(command('quick'), { timeout: 2000 });
  assert.equal(after.stdout, 'fine');
  await open.close();
  await allClosed(server);
});

test('a command can be given up by its signal', async (t) => {
  const { server, session: open } = await session(t, { exec: () => undefined });
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort();
  }, 30);
  await refusal(
    'cancelled',
    /given up/,
    open.exec(command('sleep', '1000'), { timeout: 60_000, signal: abort.signal }),
  );
  await refusal(
    'cancelled',
    /given up/,
    open.exec(command('sleep', '1000'), { timeout: 60_000, signal: abort.signal }),
  );
  await open.close();
  await allClosed(server);
});

for (const stream of ['stdout', 'stderr'] as const) {
  test(`a flood on ${stream} is cut off`, async (t) => {
    const { server, session: open } = await session(t, {
      exec: (channel) => {
        const target = stream === 'stdout' ? channel : channel.stderr;
        const flood = (): void => {
          while (!channel.destroyed && target.write(Buffer.alloc(65_536, 0x61)));
          if (!channel.destroyed) target.once('drain', flood);
        };
        flood();
      },
    });
    const work = open.exec(command('yes'), { timeout: 20_000, maxOutput: 1024 * 1024 });
    await refusal('output-too-large', /more than 1 MiB/, work);
    await open.close();
    await allClosed(server);
  });
}

test('a server that refuses channels is told so', async (t) => {
  const key = ed25519();
  const server = await fakeServer(t, { hostKeys: [key], refuseSessions: true });
  const open = await connectTo(t, server, knownHosts(server.port, key));
  await refusal(
    'protocol',
    /kvm01 did not run virsh list/,
    open.exec(command('virsh', 'list'), { timeout: 2000 }),
  );
  await open.close();
  await allClosed(server);
});

test('a host that falls silent is noticed by keepalive', async (t) => {
  const key = ed25519();
  const server = await fakeServer(t, { hostKeys: [key], exec: () => undefined });
  const { home, environment } = sandbox(t);
  writeFileSync(join(home, 'known_hosts'), knownHosts(server.port, key));
  const open = await connectHost(targetAt(server.port), { ...environment, keepalive: 50 });
  const work = open.exec(command('sleep', '1000'), { timeout: 60_000 });
  work.catch(() => undefined);
  await new Promise((done) => setTimeout(done, 50));
  for (const socket of server.sockets) {
    socket.removeAllListeners('data');
    socket.pause();
  }
  await refusal('lost', /Keepalive timeout/, work);
  await open.closed;
});

test('more commands than channels wait for their turn', async (t) => {
  const waiting: (() => void)[] = [];
  let most = 0;
  const { session: open } = await session(t, {
    exec: (channel, sent) => {
      waiting.push(() => {
        answering('ok')(channel, sent, undefined as never);
      });
      most = Math.max(most, waiting.length);
      if (waiting.length === 8) for (const answer of waiting.splice(0)) answer();
    },
  });
  const results = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      open.exec(command('echo', String(index)), { timeout: 10_000 }),
    ),
  );
  assert.ok(results.every(({ stdout }) => stdout === 'ok'));
  assert.equal(most, 8);
  await open.close();
});

test('standard input reaches the command whole', async (t) => {
  const text = 'ä\n'.repeat(200_000);
  const { session: open } = await session(t, {
    exec: (channel) => {
      let bytes = 0;
      channel.on('data', (chunk: Buffer) => (bytes += chunk.length));
      channel.on('end', () => {
        channel.write(String(bytes));
        channel.exit(0);
        channel.end();
      });
    },
  });
  const { stdout } = await open.exec({ argv: ['sh', '-s'], stdin: text }, { timeout: 10_000 });
  assert.equal(Number(stdout), Buffer.byteLength(text));
  await open.close();
});
