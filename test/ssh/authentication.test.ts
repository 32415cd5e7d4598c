import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { AuthContext, AuthenticationType } from 'ssh2';
import { HostError } from '../../hosts/host-error.ts';
import type { AuthAttempt } from '../../hosts/host-error.ts';
import { connectHost } from '../../hosts/ssh/connect.ts';
import { fingerprint } from '../../hosts/ssh/known-hosts.ts';
import { openHosts } from '../../hosts/ssh/pool.ts';
import type { SshEnvironment } from '../../hosts/ssh/target.ts';
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
import type { FakeServer, KeyPair } from './fake-server.ts';

/** A server that lets in whoever holds this key, and says which methods it takes. */
function accepts(key: KeyPair | undefined, methods: AuthenticationType[] = ['publickey']) {
  return (context: AuthContext): void => {
    const good =
      context.method === 'publickey' && key !== undefined && context.key.data.equals(wire(key));
    if (good) context.accept();
    else context.reject(methods);
  };
}

async function known(
  t: TestContext,
  authenticate: (context: AuthContext) => void,
  files: Readonly<Record<string, string>> = {},
): Promise<{
  readonly server: FakeServer;
  readonly home: string;
  readonly environment: SshEnvironment;
}> {
  const hostKey = ed25519();
  const server = await fakeServer(t, { hostKeys: [hostKey], authenticate });
  const { home, environment } = sandbox(t, files);
  writeFileSync(join(home, 'known_hosts'), knownHosts(server.port, hostKey));
  return { server, home, environment };
}

async function failure(work: Promise<unknown>): Promise<HostError> {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HostError && error.kind === 'authentication', String(error));
  return error;
}

function results(
  error: HostError,
): readonly (readonly [AuthAttempt['method'], AuthAttempt['result']])[] {
  return error.attempts.map(({ method, result }) => [method, result] as const);
}

/** An agent of its own with these keys. */
async function agent(t: TestContext, home: string, ...files: readonly string[]): Promise<string> {
  const socket = join(home, 'agent');
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  t.after(() => child.kill());
  for (let tries = 0; tries < 200 && !existsSync(socket); tries++)
    await new Promise((done) => setTimeout(done, 10));
  for (const file of files)
    execFileSync('ssh-add', ['-q', file], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      stdio: 'ignore',
    });
  return socket;
}

for (const [kind, make] of [
  ['ed25519', ed25519],
  ['ecdsa', ecdsa],
] as const)
  test(`a key file of the configuration lets in (${kind})`, async (t) => {
    const key = make();
    const { server, home, environment } = await known(t, accepts(key), {
      id: key.private,
      config: 'IdentityFile ${DIR}/id\n',
    });
    const session = await connectHost(targetAt(server.port), {
      ...environment,
      variables: { DIR: home },
    });
    await session.close();
    await allClosed(server);
  });

test('a key of the agent lets in, and keys that the configuration names come first', async (t) => {
  const [good, other] = [ed25519(), ed25519()];
  const { server, home, environment } = await known(t, accepts(good), {
    good: good.private,
    other: other.private,
    'good.pub': good.public,
    config: 'IdentityFile ${DIR}/good.pub\n',
  });
  const agentSocket = await agent(t, home, join(home, 'other'), join(home, 'good'));
  const session = await connectHost(targetAt(server.port), {
    ...environment,
    agentSocket,
    variables: { DIR: home },
  });
  await session.close();
  // The server is asked whether it takes the key, and is then shown the signature.
  assert.deepEqual(server.attempts, ['publickey', 'publickey']);
});

test('IdentitiesOnly keeps other keys of the agent away from the host', async (t) => {
  const [named, other] = [ed25519(), ed25519()];
  const { server, home, environment } = await known(t, accepts(other), {
    named: named.private,
    other: other.private,
    config: 'IdentityFile ${DIR}/named\nIdentitiesOnly yes\n',
  });
  const agentSocket = await agent(t, home, join(home, 'other'));
  const error = await failure(
    connectHost(targetAt(server.port), { ...environment, agentSocket, variables: { DIR: home } }),
  );
  assert.deepEqual(results(error), [['publickey', 'refused']]);
});

test('a failure lists every attempt and the next step', async (t) => {
  const [first, second] = [ed25519(), ed25519()];
  const { server, home, environment } = await known(t, accepts(undefined), {
    first: first.private,
    second: second.private,
    broken: 'no key at all',
    config: 'IdentityFile ${DIR}/second\nIdentityFile ${DIR}/none\nIdentityFile ${DIR}/broken\n',
  });
  const agentSocket = await agent(t, home, join(home, 'first'));
  const error = await failure(
    connectHost(targetAt(server.port), { ...environment, agentSocket, variables: { DIR: home } }),
  );
  assert.deepEqual(results(error), [
    ['agent', 'refused'],
    ['publickey', 'refused'],
    ['publickey', 'no-such-file'],
    ['publickey', 'not-a-key'],
  ]);
  const [tried] = error.attempts;
  assert.ok(tried?.what.startsWith(`${agentSocket}: ${fingerprint(wire(first))}`));
  assert.ok(error.message.includes('authorized_keys'), error.message);
  assert.doesNotMatch(JSON.stringify(error), /PRIVATE KEY/);
  await allClosed(server);
});

test('without any key the advice is to make one known', async (t) => {
  const { server, environment } = await known(t, accepts(undefined));
  const error = await failure(connectHost(targetAt(server.port), environment));
  assert.match(error.message, /no key to try.*ssh-add/);
});

test('an agent that cannot be reached is told, and does not stop the rest', async (t) => {
  const key = ed25519();
  const { server, home, environment } = await known(t, accepts(key), {
    id: key.private,
    config: 'IdentityFile ${DIR}/id\n',
  });
  const session = await connectHost(targetAt(server.port), {
    ...environment,
    agentSocket: join(home, 'gone'),
    variables: { DIR: home },
  });
  await session.close();
  const { server: strict, environment: again } = await known(t, accepts(undefined));
  const error = await failure(
    connectHost(targetAt(strict.port), { ...again, agentSocket: join(home, 'gone') }),
  );
  assert.deepEqual(results(error), [['agent', 'agent-unreachable']]);
});

test('a passphrase is asked only when the server wants the key, at most three times, and once for a pool', async (t) => {
  const [locked, wanted] = [ed25519('secret-word'), ed25519('secret-word')];
  const files = {
    locked: locked.private,
    wanted: wanted.private,
    config: 'IdentityFile ${DIR}/locked\nIdentityFile ${DIR}/wanted\n',
  };
  const { server, home, environment } = await known(t, accepts(wanted), files);
  const asked: string[] = [];
  const answers = ['wrong', 'secret-word'];
  const hosts = openHosts({
    ...environment,
    variables: { DIR: home },
    askPassphrase: (file) => {
      asked.push(file);
      return Promise.resolve(answers.shift());
    },
  });
  await Promise.all([
    hosts.session(targetAt(server.port, 'one')),
    hosts.session(targetAt(server.port, 'two')),
  ]);
  assert.deepEqual(asked, [join(home, 'wanted'), join(home, 'wanted')]);
  await hosts.close();
});

test('three wrong passphrases are told, and none of them is', async (t) => {
  const key = ed25519('right');
  const { server, home, environment } = await known(t, accepts(key), {
    id: key.private,
    config: 'IdentityFile ${DIR}/id\n',
  });
  let asked = 0;
  const error = await failure(
    connectHost(targetAt(server.port), {
      ...environment,
      variables: { DIR: home },
      askPassphrase: () => Promise.resolve(`guess-${++asked}`),
    }),
  );
  assert.equal(asked, 3);
  assert.deepEqual(results(error), [['publickey', 'wrong-passphrase']]);
  assert.doesNotMatch(`${error.message} ${JSON.stringify(error)}`, /guess/);
});

test('a locked key with nobody to ask leads to ssh-add', async (t) => {
  const key = ed25519('right');
  const { server, home, environment } = await known(t, accepts(key), {
    id: key.private,
    config: 'IdentityFile ${DIR}/id\n',
  });
  const error = await failure(
    connectHost(targetAt(server.port), { ...environment, variables: { DIR: home } }),
  );
  assert.deepEqual(results(error), [['publickey', 'passphrase-needed']]);
  assert.match(error.message, /ssh-add/);
});

test('a password is asked only when the server takes one, and is in no error', async (t) => {
  const passwords = ['first', 'second', 'third', 'fourth'];
  let asked = 0;
  const askPassword = () => Promise.resolve(passwords[asked++]);
  const { server, environment } = await known(t, (context) => {
    if (context.method === 'password' && context.password === 'second') context.accept();
    else context.reject(['password']);
  });
  await (await connectHost(targetAt(server.port), { ...environment, askPassword })).close();
  assert.equal(asked, 2);
  const { server: never, environment: again } = await known(t, (context) => {
    context.reject(['password']);
  });
  asked = 0;
  const error = await failure(connectHost(targetAt(never.port), { ...again, askPassword }));
  assert.equal(asked, 3);
  assert.doesNotMatch(`${error.message} ${JSON.stringify(error)}`, /first|second|third/);
  const { server: keysOnly, environment: third } = await known(t, accepts(undefined));
  asked = 0;
  await failure(connectHost(targetAt(keysOnly.port), { ...third, askPassword }));
  assert.equal(asked, 0);
});

test('the server’s own questions are put with its words', async (t) => {
  const { server, environment } = await known(t, (context) => {
    if (context.method !== 'keyboard-interactive') {
      context.reject(['keyboard-interactive']);
      return;
    }
    context.prompt(
      [
        { prompt: 'Token: ', echo: true },
        { prompt: 'PIN: ', echo: false },
      ],
      (answers) => {
        if (answers[0] === 'T' && answers[1] === 'P') context.accept();
        else context.reject(['keyboard-interactive']);
      },
    );
  });
  const asked: unknown[] = [];
  const session = await connectHost(targetAt(server.port), {
    ...environment,
    askPassword: (question) => {
      asked.push(question);
      return Promise.resolve(question.echo ? 'T' : 'P');
    },
  });
  await session.close();
  assert.deepEqual(asked, [
    { host: 'kvm01', user: 'admin', prompt: 'Token: ', echo: true },
    { host: 'kvm01', user: 'admin', prompt: 'PIN: ', echo: false },
  ]);
});

test('giving up the question for a password gives up', async (t) => {
  const { server, environment } = await known(t, (context) => {
    context.reject(['password', 'keyboard-interactive']);
  });
  await failure(
    connectHost(targetAt(server.port), {
      ...environment,
      askPassword: () => Promise.resolve(undefined),
    }),
  );
  await allClosed(server);
});

test('a key and then a password, both wanted: with a key of the agent, a locked and an open file', async (t) => {
  const [open, locked, held] = [ed25519(), ed25519('let me in'), ed25519()];
  const { server, home, environment } = await known(
    t,
    (context) => {
      const { method } = context;
      if (context.method === 'publickey') {
        const good = [open, locked, held].some((key) => context.key.data.equals(wire(key)));
        if (!good) context.reject(['publickey']);
        else if (context.signature === undefined) context.accept();
        else context.reject(['keyboard-interactive'], true);
      } else if (context.method === 'keyboard-interactive')
        context.prompt([{ prompt: 'Code: ', echo: false }], (answers) => {
          if (answers[0] === '123456') context.accept();
          else context.reject(['keyboard-interactive']);
        });
      else context.reject(method === 'none' ? ['publickey'] : []);
    },
    { open: open.private, locked: locked.private, held: held.private },
  );
  const agentSocket = await agent(t, home, join(home, 'held'));
  for (const way of ['open', 'locked', 'agent'] as const) {
    writeFileSync(join(home, 'config'), `IdentityFile ${home}/${way === 'agent' ? 'none' : way}\n`);
    const login = (code: string) =>
      connectHost(targetAt(server.port), {
        ...environment,
        ...(way === 'agent' ? { agentSocket } : {}),
        askPassphrase: () => Promise.resolve('let me in'),
        askPassword: () => Promise.resolve(code),
      });
    await (await login('123456')).close();
    assert.deepEqual(results(await failure(login('654321')))[0], [
      way === 'agent' ? 'agent' : 'publickey',
      'accepted-more-needed',
    ]);
  }
  await allClosed(server);
});
