/**
 * A process that meets every secret there is: it logs in with a locked key and a password, collects
 * facts, carries a run with an XML for the destination, shows errors, and at last crashes in the
 * middle. The test beside it looks for the secrets in everything that is left.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { collectFacts } from '../../hosts/collect/collect-facts.ts';
import { writeSnapshotFile } from '../../hosts/collect/snapshot-file.ts';
import { thisProcess } from '../../hosts/run/owner.ts';
import { startRun } from '../../hosts/run/execute.ts';
import { createRun } from '../../hosts/run/record.ts';
import { attemptTable } from '../../hosts/ssh/attempt-table.ts';
import { openHosts } from '../../hosts/ssh/pool.ts';
import type { SshEnvironment } from '../../hosts/ssh/target.ts';
import { ed25519, fakeServer, knownHosts, targetAt, wire } from '../ssh/fake-server.ts';
import type { FakeServer, KeyPair } from '../ssh/fake-server.ts';
import { domainXml, localDisk, plan as planFixture } from './planner/given.ts';
import { fakeHost } from './run/fake-virsh.ts';
import type { FakeHost } from './run/fake-virsh.ts';

/** `home` is searched afterwards, `planted` is where the secrets come from. */
const [home = '', planted = ''] = process.argv.slice(2);
const secret = (name: string): string => readFileSync(join(planted, name), 'utf8');
const context = { after: () => undefined } as unknown as TestContext;

const key = ed25519(secret('passphrase'));
const hostKey = ed25519();
mkdirSync(join(home, 'ssh'), { recursive: true });
writeFileSync(join(planted, 'key'), key.private, { mode: 0o600 });
writeFileSync(join(home, 'ssh', 'config'), `IdentityFile ${planted}/key\nIdentityAgent none\n`);

/** Runs what it is sent in a real shell, in the world of a fake host. */
async function serve(host: FakeHost, keys: readonly KeyPair[]): Promise<FakeServer> {
  return fakeServer(context, {
    hostKeys: keys,
    authenticate: (login) => {
      // The source wants the key, the destination the password.
      const wanted = host === source ? 'publickey' : 'keyboard-interactive';
      if (login.method === wanted && login.method === 'publickey') {
        if (login.key.data.equals(wire(key))) login.accept();
        else login.reject([wanted]);
      } else if (login.method === wanted && login.method === 'keyboard-interactive')
        login.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
          if (answers[0] === secret('password')) login.accept();
          else login.reject([wanted]);
        });
      else login.reject([wanted]);
    },
    exec: (channel, line) => {
      const child = spawn('/bin/sh', ['-c', line], { env: host.env });
      channel.pipe(child.stdin);
      child.stdin.on('error', () => undefined);
      child.stdout.pipe(channel, { end: false });
      child.stderr.pipe(channel.stderr, { end: false });
      child.on('close', (code) => {
        channel.exit(code ?? 255);
        channel.end();
      });
    },
  });
}

/** A virsh that notes its arguments and knows passwords, which it shows as the real one does. */
function knowing(host: FakeHost): void {
  const real = join(host.home, 'bin', 'virsh');
  renameSync(real, `${real}.real`);
  const open = domainXml('web01', [localDisk]);
  writeFileSync(join(planted, 'xml'), open);
  writeFileSync(
    join(planted, 'xml-with-passwords'),
    open.replace('</devices>', `<graphics type='vnc' passwd='${secret('display')}'/></devices>`),
  );
  writeFileSync(
    real,
    `#!/bin/sh
printf '%s\\n' "$*" >>"${home}/virsh-arguments"
case " $* " in
*" dumpxml "*--migratable*|*" dumpxml "*--security-info*) cat "${planted}/xml-with-passwords" ;;
*" dumpxml "*) cat "${planted}/xml" ;;
*" secret-get-value "*) cat "${planted}/display" ;;
*" list "*) echo 6649cfac-5ad2-41d0-965b-150bff9305b1 ;;
*) exec "$0.real" "$@" ;;
esac
`,
    { mode: 0o755 },
  );
}

const [source, destination] = [fakeHost(), fakeHost()];
for (const host of [source, destination]) {
  knowing(host);
  writeFileSync(join(home, `home-of-host-${String(host === source)}`), host.home);
}
source.put('state', 'running (booted)\n');
source.put('job', 'Job type: 0\n');
const servers = [await serve(source, [hostKey]), await serve(destination, [hostKey])] as const;
writeFileSync(
  join(home, 'ssh', 'known_hosts'),
  servers.map(({ port }) => knownHosts(port, hostKey)).join(''),
);
const environment: SshEnvironment = {
  home,
  configFile: join(home, 'ssh', 'config'),
  knownHostsFiles: [join(home, 'ssh', 'known_hosts')],
  variables: {},
  transport: 'built-in',
  askPassphrase: () => Promise.resolve(secret('passphrase')),
  askPassword: () => Promise.resolve(secret('password')),
  warn: (message) => {
    console.error(inspect(message));
  },
  tellAttempts: (_host, attempts) => {
    console.error(attemptTable(attempts).join('\n'));
  },
};
const targets = {
  kvm01: targetAt(servers[0].port, 'kvm01'),
  kvm02: targetAt(servers[1].port, 'kvm02'),
};

// Logins that fail: what was typed is not in what is said.
for (const wrong of [
  { askPassphrase: () => Promise.resolve(`${secret('passphrase')}x`) },
  { askPassword: () => Promise.resolve(`${secret('password')}x`) },
]) {
  const hosts = openHosts({ ...environment, ...wrong });
  for (const target of [targets.kvm01, targets.kvm02])
    await hosts.session(target).catch((error: unknown) => {
      console.error(inspect(error, { depth: 20, showHidden: true }));
    });
  await hosts.close();
}

const hosts = openHosts(environment);
const session = await hosts.session(targets.kvm01);
const facts = await collectFacts(session, { paths: [], files: [], domains: 'all' }, () =>
  Date.now(),
);
await writeSnapshotFile(join(home, 'facts.json'), {
  format: 'livemigrate-facts/1',
  hosts: { kvm01: facts },
});

const images = join(destination.home, 'images');
mkdirSync(images);
const planned = planFixture({
  disks: [localDisk],
  missing: [join(images, 'vm.qcow2')],
  yaml: `storage:\n  disks:\n    - { target: vda, action: copy, destination: { create: true, path: ${images}/vm.qcow2 } }\n`,
});
if (!planned.ok) throw new Error(`no plan: ${inspect(planned, { depth: 9 })}`);
const made = planned.plan;
const record = createRun(made, thisProcess('cli'), { folder: join(home, 'state') });
const running = startRun({
  plan: made,
  record,
  sessions: (name) => hosts.session(name === 'kvm01' ? targets.kvm01 : targets.kvm02),
  onEvent: (entry) => {
    console.log(JSON.stringify(entry));
  },
  interval: 50,
  patience: 2000,
});
for (let tries = 0; tries < 400 && !source.has('starts'); tries++) await sleep(25);
console.log('launched', source.has('starts'));
// The sampling of processes wants to see some of it.
await sleep(300);
source.put('words', 'error: internal error: planted failure\n');
source.put('end', '1');
console.log(inspect(await running, { depth: 20 }));
writeFileSync(join(home, 'commands'), [...servers[0].commands, ...servers[1].commands].join('\n'));
console.log('all was done');
// A crash with everything open: the process shows what the runtime shows.
setTimeout(() => {
  throw new Error('planted crash', { cause: { session, hosts: hosts.current(targets.kvm01) } });
}, 10);
