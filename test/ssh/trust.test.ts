/** What is shown when a login fails, and what is never run for a configuration that is not trusted. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { facts } from '../../cli/commands/facts.ts';
import { english, render } from '../../core/messages.ts';
import { command } from '../../core/virsh/command.ts';
import { HostError } from '../../hosts/host-error.ts';
import { attemptTable } from '../../hosts/ssh/attempt-table.ts';
import { fingerprint } from '../../hosts/ssh/known-hosts.ts';
import { openHosts } from '../../hosts/ssh/pool.ts';
import { connectByRoute } from '../../hosts/ssh/route.ts';
import { resolveSettings } from '../../hosts/ssh/settings.ts';
import type { SshEnvironment } from '../../hosts/ssh/target.ts';
import { requireTools } from '../../scripts/debian-tools.ts';
import {
  allClosed,
  answering,
  ed25519,
  fakeServer,
  knownHosts,
  sandbox,
  targetAt,
  wire,
} from './fake-server.ts';

before(() => {
  requireTools({ ssh: 'openssh-client' });
});

const kindOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof HostError ? error.kind : String(error)),
  );

test('the command line shows each attempt to log in as a row: method, key with its fingerprint, result', async (t) => {
  const [hostKey, userKey] = [ed25519(), ed25519()];
  const server = await fakeServer(t, {
    hostKeys: [hostKey],
    authenticate: (context) => {
      context.reject(['publickey']);
    },
  });
  const { home } = sandbox(t, { key: userKey.private });
  writeFileSync(join(home, 'known_hosts'), knownHosts(server.port, hostKey));
  writeFileSync(
    join(home, 'config'),
    `Host kvm01\n  HostName 127.0.0.1\n  Port ${String(server.port)}\n  IdentityAgent none\n  UserKnownHostsFile ${home}/known_hosts\n  IdentityFile ${home}/key\n  IdentityFile ${home}/none\n`,
  );
  const notes: string[] = [];
  const code = await facts.run({
    positionals: ['kvm01'],
    values: { 'ssh-config': join(home, 'config'), 'ssh-transport': 'built-in' },
    folder: home,
    environment: {},
    signal: new AbortController().signal,
    terminal: {
      translate: english,
      out: () => undefined,
      note: (line) => notes.push(line),
      progress: () => undefined,
      interactive: false,
      say: (message) => render(message),
    },
  });
  assert.equal(code, 2);
  const shown = fingerprint(wire(userKey));
  const at = notes.indexOf('Attempts to log in to kvm01:');
  assert.ok(at >= 0, notes.join('\n'));
  const rows = notes.slice(at + 1, at + 4).map((row) => row.trim().split(/ {2,}/));
  assert.deepEqual(rows, [
    ['method', 'key', 'result'],
    ['publickey', `${home}/key (${shown})`, 'refused by the host'],
    ['publickey', `${home}/none`, 'no such file'],
  ]);
  const columns = notes.slice(at + 1, at + 4).map((row) => row.search(/ (result|refused|no such)/));
  assert.equal(new Set(columns).size, 1, 'the columns stand under each other');
});

test('what others wrote into a row is never an order to a terminal', () => {
  const rows = attemptTable([
    { method: 'agent', what: 'SHA256:x \u001b[2J\nkey', result: 'refused' },
  ]);
  assert.doesNotMatch(rows.join(''), /[\u0000-\u001f]/);
});

/** Configurations that would run a command which leaves a trace. */
function leavingTraces(t: TestContext): { readonly folder: string; readonly ran: string } {
  const folder = mkdtempSync(join(tmpdir(), 'livemigrate-trust-'));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  return { folder, ran: join(folder, 'ran') };
}

test('Match exec is never run and never holds: negated, included, in the second pass, beside others', (t) => {
  const { folder, ran } = leavingTraces(t);
  const config = join(folder, 'config');
  mkdirSync(join(folder, 'more'));
  writeFileSync(join(folder, 'more', 'a'), `Match exec "touch ${ran}"\n  User included\n`);
  writeFileSync(
    config,
    [
      `Match exec "touch ${ran}"\n  User plain`,
      `Match !exec "touch ${ran}; false"\n  User negated`,
      `Match exec=false,touch\\ ${ran} all\n  User joined`,
      `Match final exec "touch ${ran}"\n  User final`,
      `Match host kvm01 exec "touch ${ran}" originalhost kvm01\n  User beside`,
      `Match all\nInclude ${folder}/more/*`,
    ].join('\n'),
  );
  const settings = resolveSettings({ name: 'kvm01' }, { configFile: config, variables: {} });
  assert.doesNotMatch(settings.user, /plain|negated|joined|final|beside|included/);
  assert.equal(existsSync(ran), false);
});

test('where ProxyCommand may not be run, no transport runs a command of the configuration', async (t) => {
  const { folder, ran } = leavingTraces(t);
  const config = join(folder, 'config');
  writeFileSync(
    config,
    `Match exec "touch ${ran}"\n  User x\nHost *\n  ProxyCommand touch ${ran}\n  KnownHostsCommand /bin/touch ${ran}\n`,
  );
  const environment: SshEnvironment = { configFile: config, variables: {}, connectTimeout: 3000 };
  for (const transport of ['auto', 'built-in', 'system'] as const)
    for (const allowProxyCommand of [false, undefined])
      assert.equal(
        await kindOf(
          connectByRoute(targetAt(1), {
            ...environment,
            transport,
            ...(allowProxyCommand === undefined ? {} : { allowProxyCommand }),
          }),
        ),
        'configuration',
        transport,
      );
  assert.equal(existsSync(ran), false);
  // The same command is run when it may be: the trace would have been seen.
  await kindOf(
    connectByRoute(targetAt(1), { ...environment, allowProxyCommand: true, transport: 'built-in' }),
  );
  assert.equal(existsSync(ran), true);
});

test('a name that would be more than a name to the shell of a ProxyCommand is refused', async (t) => {
  const { folder, ran } = leavingTraces(t);
  const config = join(folder, 'config');
  writeFileSync(config, 'ProxyCommand echo %h %n %r\nUserKnownHostsFile /dev/null\n');
  const environment = {
    configFile: config,
    variables: {},
    allowProxyCommand: true,
    connectTimeout: 3000,
  };
  for (const hostile of [
    `$(touch ${ran})`,
    `\`touch ${ran}\``,
    `x;touch ${ran}`,
    '-oProxyCommand=x',
    'a b',
    'a\nb',
    "a'b",
    '',
  ])
    for (const target of [
      { name: 'kvm01', address: hostile },
      { name: 'kvm01', jumpHost: { name: 'gate', address: hostile } },
      ...(hostile === '' || hostile === 'a b' ? [] : [{ name: 'kvm01', user: hostile }]),
    ])
      for (const transport of ['built-in', 'system'] as const)
        assert.equal(
          await kindOf(connectByRoute(target, { ...environment, transport })),
          'configuration',
          JSON.stringify(target),
        );
  assert.equal(existsSync(ran), false);
});

test('facts and a run at the same time share one connection to a host', async (t) => {
  const hostKey = ed25519();
  const clients = new Set<object>();
  const server = await fakeServer(t, {
    hostKeys: [hostKey],
    exec: answering('ok'),
    authenticate: (context, connection) => {
      clients.add(connection);
      context.accept();
    },
  });
  const { home, environment } = sandbox(t);
  writeFileSync(join(home, 'known_hosts'), knownHosts(server.port, hostKey));
  const hosts = openHosts(environment);
  const target = targetAt(server.port);
  const ask = async (): Promise<string> => {
    const session = await hosts.session({ ...target });
    return (await session.exec(command('true'), { timeout: 10_000 })).stdout;
  };
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  assert.deepEqual(new Set(answers), new Set(['ok']));
  assert.equal(await ask(), 'ok');
  assert.equal(clients.size, 1);
  await hosts.close();
  await allClosed(server);
});

test('a host that vanishes is noticed within a minute, whatever the configuration leaves open', () => {
  const settings = (text: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'livemigrate-alive-'));
    writeFileSync(join(folder, 'config'), text);
    try {
      return resolveSettings({ name: 'h' }, { configFile: join(folder, 'config'), variables: {} });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  for (const text of ['', 'ServerAliveInterval 0\n', 'ServerAliveInterval none\n']) {
    const { keepalive, keepaliveCount } = settings(text);
    assert.ok(keepalive > 0 && keepalive * (keepaliveCount + 1) <= 60_000, text);
  }
  assert.ok(settings('ConnectTimeout 0\n').connectTimeout > 0, 'every wait has a bound');
});
