import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchCommand, readRunCommand } from '../../../core/virsh/detached.ts';
import { migrateCommand } from '../../../core/virsh/migrate.ts';
import { parseRunReading } from '../../../core/virsh/run-reading.ts';
import type { RunReading } from '../../../core/virsh/run-reading.ts';
import { fakeHost } from './fake-virsh.ts';
import type { FakeHost } from './fake-virsh.ts';

const uuid = '6649cfac-5ad2-41d0-965b-150bff9305b1';
const migrate = migrateCommand({
  domainUuid: uuid,
  destinationUri: 'qemu+ssh://root@kvm02/system',
  persistent: true,
  undefineSource: true,
  copyStorage: 'all',
  copyDisks: [],
  unsafe: false,
});

let host: FakeHost;
beforeEach(() => {
  host = fakeHost();
});
afterEach(() => {
  host.dispose();
});

function launch(runId: string, abortAfterSeconds?: number) {
  return host.run(launchCommand({ runId, domainUuid: uuid, abortAfterSeconds, migrate }));
}

function read(runId: string): RunReading {
  const { stdout, stderr } = host.run(readRunCommand(runId, uuid));
  const reading = parseRunReading(stdout);
  assert.ok(reading !== undefined, stdout + stderr);
  return reading;
}

async function readUntil(runId: string, done: (reading: RunReading) => boolean) {
  for (let tries = 0; tries < 80; tries++) {
    const reading = read(runId);
    if (done(reading)) return reading;
    await sleep(100);
  }
  assert.fail(`not reached: ${JSON.stringify(read(runId))}`);
}

function identity(runId: string): readonly [supervisor: number, virsh: number] {
  const path = join(host.home, '.local/state/livemigrate/runs', runId, 'identity');
  const words = readFileSync(path, 'utf8').split(' ');
  return [Number(words[0]), Number(words[2])];
}

test('a launched migration runs on after the launcher has ended, and its end is noted', async () => {
  const started = launch('run-1');
  assert.equal(started.code, 0, started.stderr);
  const running = read('run-1');
  assert.equal(running.state, 'running');
  assert.equal(running.lockHolder, 'run-1');
  assert.ok(running.startedAt !== undefined && running.now >= running.startedAt);
  assert.ok(running.elapsedMs !== undefined && running.elapsedMs < 60_000);
  host.put('end', '0');
  const finished = await readUntil('run-1', ({ state }) => state === 'finished');
  assert.equal(finished.exitCode, 0);
  assert.deepEqual(host.read('migrate').trim().split('\n'), migrate.argv.slice(1));
});

test('a second launch for the same domain is refused and told who has it', async () => {
  launch('run-1');
  const second = launch('run-2');
  assert.equal(second.code, 75);
  assert.equal(second.stdout.trim(), 'run-1');
  assert.equal(read('run-2').state, 'absent');
  host.put('end', '0');
  await readUntil('run-1', ({ state }) => state === 'finished');
  assert.equal(host.read('starts'), 'started\n');
});

test('of many launches at the same moment exactly one starts', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const codes = await Promise.all(
    ids.map(
      (id) =>
        new Promise<number | null>((resolve) => {
          const command = launchCommand({
            runId: `run-${id}`,
            domainUuid: uuid,
            abortAfterSeconds: undefined,
            migrate,
          });
          const [program, ...args] = command.argv;
          const env = {
            HOME: host.home,
            FAKE: join(host.home, 'fake'),
            PATH: `${host.home}/bin:/usr/bin:/bin`,
          };
          spawn(program, args, { env, stdio: 'ignore' }).on('close', resolve);
        }),
    ),
  );
  assert.equal(codes.filter((code) => code === 0).length, 1, codes.join());
  assert.equal(codes.filter((code) => code === 75).length, 5, codes.join());
  assert.equal(host.read('starts'), 'started\n');
});

test('the same run cannot be launched twice, not even after its end', async () => {
  launch('run-1');
  host.put('end', '0');
  await readUntil(
    'run-1',
    ({ state, lockHolder }) => state === 'finished' && lockHolder === undefined,
  );
  assert.equal(launch('run-1').code, 73);
  assert.equal(host.read('starts'), 'started\n');
});

test('what virsh said when it failed is kept', async () => {
  launch('run-1');
  host.put('aborted', '');
  const finished = await readUntil('run-1', ({ state }) => state === 'finished');
  assert.equal(finished.exitCode, 1);
  assert.equal(finished.err, "error: operation aborted: job 'migration out' canceled by client\n");
  assert.equal(finished.timedOut, false);
});

test('the time limit aborts on the source host, whoever watches', async () => {
  launch('run-1', 1);
  const finished = await readUntil('run-1', ({ state }) => state === 'finished');
  assert.equal(host.has('aborted'), true);
  assert.equal(finished.timedOut, true);
  assert.equal(finished.exitCode, 1);
});

test('a migration that ends in time is not aborted later', async () => {
  launch('run-1', 2);
  host.put('end', '0');
  await readUntil('run-1', ({ state }) => state === 'finished');
  await sleep(2500);
  assert.equal(host.has('aborted'), false);
});

test('a killed supervisor leaves virsh running and the domain locked', async () => {
  launch('run-1');
  const [supervisor] = identity('run-1');
  process.kill(supervisor, 'SIGKILL');
  const orphaned = await readUntil('run-1', ({ state }) => state !== 'running');
  assert.equal(orphaned.state, 'orphaned');
  assert.equal(launch('run-2').code, 75);
});

test('when supervisor and virsh are killed the run has vanished and the lock is free', async () => {
  launch('run-1');
  const [supervisor, virsh] = identity('run-1');
  process.kill(supervisor, 'SIGKILL');
  process.kill(virsh, 'SIGKILL');
  const vanished = await readUntil('run-1', ({ state }) => state === 'vanished');
  assert.equal(vanished.exitCode, undefined);
  await sleep(200);
  host.put('end', '0');
  assert.equal(launch('run-2').code, 0);
});

test('a reading brings the job and the state of the domain along', () => {
  host.put('job', 'Job type: 2\n\noperation: 5\ntime_elapsed: 2630\n');
  host.put('state', 'running (booted)\n\n');
  const reading = read('run-9');
  assert.equal(reading.state, 'absent');
  assert.equal(reading.job?.elapsedMs, 2630);
  assert.deepEqual(reading.domain, { kind: 'present', state: 'running', reason: 'booted' });
});

test('an old virsh without raw statistics is asked for its labels', () => {
  host.put('old', 'old');
  host.put('job', 'Job type:         Unbounded   \nOperation:        Outgoing migration\n');
  assert.equal(read('run-9').job?.operation, 'migration-out');
});

test('a domain that is gone and a job that is none are told apart from silence', () => {
  const reading = read('run-9');
  assert.equal(reading.job, undefined);
  assert.deepEqual(reading.domain, { kind: 'absent' });
  assert.equal(parseRunReading('@state finished\n@now 1\n'), undefined);
  assert.equal(parseRunReading('Welcome to kvm01!\n'), undefined);
});

test('what virsh prints cannot imitate the frames of a reading', async () => {
  host.put('state', '@state finished\n@exit\n|0\n@end\n');
  launch('run-1');
  assert.equal(read('run-1').state, 'running');
  host.put('end', '3');
  const finished = await readUntil('run-1', ({ state }) => state === 'finished');
  assert.equal(finished.exitCode, 3);
});

test('the XML for the destination arrives whole in the run’s own folder and goes with the run', async () => {
  const xml = { live: "<domain>\n  <name>it's %s</name>\n</domain>", definition: '<domain/>\n' };
  const command = launchCommand({
    runId: 'xml-1',
    domainUuid: uuid,
    abortAfterSeconds: undefined,
    migrate,
    xml,
  });
  assert.ok(!command.argv.some((word) => word.includes('<domain>')), 'no argument holds the XML');
  assert.equal(host.run(command).code, 0);
  const folder = join(host.home, '.local/state/livemigrate/runs/xml-1');
  const file = join(folder, 'destination.xml');
  assert.equal(readFileSync(file, 'utf8'), `${xml.live}\n`);
  assert.equal(readFileSync(join(folder, 'destination-persistent.xml'), 'utf8'), '<domain/>\n');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  host.put('end', '0');
  await readUntil('xml-1', ({ state }) => state === 'finished');
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.xml')),
    [],
  );
});

test('XML that arrives torn starts nothing', () => {
  const xml = { live: '<domain>\n</domain>', definition: undefined };
  const command = launchCommand({
    runId: 'xml-2',
    domainUuid: uuid,
    abortAfterSeconds: undefined,
    migrate,
    xml,
  });
  const torn = host.run({ ...command, stdin: (command.stdin ?? '').slice(0, -6) });
  assert.equal(torn.code, 74, torn.stderr);
  assert.equal(host.has('starts'), false);
  assert.equal(read('xml-2').lockHolder, undefined);
});
