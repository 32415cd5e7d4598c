/** The command line against real hosts: what it refuses, and the whole story of `npm start -- --terminal`. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from '../../scripts/build.ts';
import { prepareExample } from '../../scripts/example.ts';
import type { Example } from '../../scripts/example.ts';
import { tellStory } from '../../scripts/terminal-story.ts';
import { flaws, openLab } from '../lab/lab.ts';
import type { Lab } from '../lab/lab.ts';
import { livemigrate } from './livemigrate.ts';
import type { Answer } from './livemigrate.ts';
import { until } from './until.ts';

const image = '/var/lib/libvirt/images/web01-vda.qcow2';
/** Milliseconds, for two slow cores. */
const patience = { timeout: 300_000 } as const;

let lab: Lab | undefined;
let example: Example;
let original = '';

before(
  async () => {
    await build();
    lab = await openLab({ private: true });
    example = await prepareExample(lab, join(lab.stateDir, 'workspace'));
    original = await readFile(example.migration, 'utf8');
  },
  { timeout: 15 * 60_000 },
);

after(async () => {
  await lab?.close();
}, patience);

function hosts(): Lab {
  assert.ok(lab !== undefined);
  return lab;
}

function cli(...args: string[]): Promise<Answer> {
  const state = join(hosts().stateDir, 'state');
  return livemigrate({ folder: example.folder, sshConfig: example.sshConfig, state }, args);
}

/** What a refused launch must leave as it was: where the guest runs, its job, and every image. */
async function picture(): Promise<string> {
  const parts = await Promise.all([
    hosts().exec(
      'kvm01',
      'virsh domstate web01; virsh domjobinfo web01; ls -i /var/lib/libvirt/images /srv/shared',
    ),
    hosts().exec('kvm02', 'virsh list --all --name; ls -i /var/lib/libvirt/images'),
  ]);
  return parts.map(({ stdout }) => stdout).join('\n');
}

/** The rule is named by preflight and by run, both refuse, and nothing has been touched. */
async function assertRefused(id: string): Promise<void> {
  const earlier = await picture();
  const preflight = await cli('preflight', 'web01.migration.yaml');
  assert.equal(preflight.code, 1, preflight.said);
  assert.ok(preflight.said.includes(`[${id}]`), preflight.said);
  const run = await cli('run', 'web01.migration.yaml', '--yes');
  assert.equal(run.code, 1, run.said);
  assert.ok(run.said.includes(`[${id}]`), run.said);
  assert.equal(await picture(), earlier);
}

test(
  'a shareable disk that is copied is refused by check, by preflight and at launch',
  patience,
  async () => {
    const check = await cli('check', 'web01.migration.yaml');
    assert.equal(check.code, 1);
    assert.match(check.said, /^web01\.migration\.yaml:17:15: error: .*\[shareable-disk-copied\]$/m);
    await assertRefused('shareable-disk-copied');
  },
);

test(
  'copying an image onto itself is refused on the evidence of both hosts',
  patience,
  async () => {
    await assertRefused('self-copy-same-image');
  },
);

test('a destination image of another size is refused', patience, async () => {
  const mended = original
    .replace(/(target: vdb\n\s*action:) copy/, '$1 shared')
    .replace(/\n\s*destination: \{ create: true \}/, '');
  await writeFile(example.migration, mended);
  try {
    await hosts().createImage('kvm02', image, 'qcow2', 32);
    await assertRefused('dest-image-size-equal');
  } finally {
    await hosts().exec('kvm02', ['rm', '-f', image]);
    await writeFile(example.migration, original);
  }
});

test('a host that is down is told by name and the launch refused', patience, async () => {
  const inventory = join(example.folder, 'hosts.migration.yaml');
  const text = await readFile(inventory, 'utf8');
  await writeFile(inventory, text.replace(/address: kvm02/, 'address: 127.0.0.1\n    port: 9'));
  try {
    const preflight = await cli('preflight', 'web01.migration.yaml');
    assert.notEqual(preflight.code, 0);
    assert.match(preflight.said, /kvm02/);
    const run = await cli('run', 'web01.migration.yaml', '--yes');
    assert.equal(run.code, 1, run.said);
  } finally {
    await writeFile(inventory, text);
  }
});

test('facts are written to a file that check reads', patience, async () => {
  const facts = await cli(
    'facts',
    'kvm01',
    'kvm02',
    '-o',
    'facts.json',
    '--path',
    image,
    '--path',
    '/srv/shared/web01-vdb.raw',
  );
  assert.equal(facts.code, 0, facts.said);
  const check = await cli('check', 'web01.migration.yaml', '--facts', 'facts.json');
  assert.equal(check.code, 1, check.said);
  assert.match(check.said, /\[self-copy-same-image\]/);
});

test(
  'settings of a running domain are read and changed, by the machine’s own ssh as well',
  patience,
  async () => {
    const before = await cli('settings', 'web01', '--host', 'kvm01', '--ssh-transport', 'system');
    assert.equal(before.code, 0, before.said);
    assert.match(before.said, /^downtime-limit +300ms +300ms +kept, unless/m);
    assert.match(
      before.said,
      /^xbzrle +off +overwritten at every launch; use policy\.compression/m,
    );
    const changes = ['--max-downtime', '700ms', '--bandwidth', '321MiB/s'];
    const more = ['--parameter', 'max-cpu-throttle=80', '--capability', 'release-ram=on'];
    const after = await cli('settings', 'web01', '--host', 'kvm01', ...changes, ...more);
    assert.equal(after.code, 0, after.said);
    assert.match(after.said, /^downtime-limit +700ms +300ms/m);
    assert.match(after.said, /^max-cpu-throttle +80% +99%/m);
    assert.match(after.said, /^release-ram +on +kept/m);
    const asked = await hosts().exec(
      'kvm01',
      'virsh migrate-getmaxdowntime web01; virsh migrate-getspeed web01',
    );
    assert.deepEqual(asked.stdout.split(/\s+/).filter(Boolean), ['700', '321']);
    const wrong = await cli('settings', 'web01', '--host', 'kvm01', '--parameter', 'mode=perhaps');
    assert.equal(wrong.code, 2);
    assert.match(wrong.said, /QEMU on kvm01 refused: .*perhaps/);
    const back = ['--max-downtime', '300ms', '--bandwidth', '8796093022207MiB/s'];
    const undone = await cli('settings', 'web01', '--host', 'kvm01', ...back);
    assert.equal(undone.code, 0, undone.said);
    const off = ['--capability', 'release-ram=off', '--parameter', 'max-cpu-throttle=99'];
    assert.equal((await cli('settings', 'web01', '--host', 'kvm01', ...off)).code, 0);
  },
);

/** The newest run as the command line lists it. */
async function newestRun(): Promise<{ readonly id: string; readonly percent: number } | undefined> {
  const { said } = await cli('runs', '--format', 'json');
  return (JSON.parse(said) as { readonly id: string; readonly percent: number }[])[0];
}

test(
  'a run is made faster and switched to post-copy by commands of its own',
  patience,
  async () => {
    const guest = await hosts().startGuest('kvm01', { name: 'cli01', dirtyMiBs: 20 });
    await writeFile(
      join(example.folder, 'cli01.migration.yaml'),
      `apiVersion: livemigrate/v1
kind: Migration
domain: cli01
source: kvm01
destination: kvm02
policy: { mode: post-copy-by-hand, bandwidth: 3MiB/s }
`,
    );
    const earlier = (await newestRun())?.id;
    const run = cli('run', 'cli01.migration.yaml', '--yes');
    let id = '';
    await until('progress', async () => {
      const newest = await newestRun();
      id = newest?.id ?? '';
      return id !== earlier && (newest?.percent ?? 0) > 0;
    });
    const set = await cli('set', id, '--bandwidth', '5MiB/s', '--max-downtime', '400ms');
    assert.equal(set.code, 0, set.said);
    assert.match(set.said, /from 3 to 5 MiB\/s/);
    assert.equal((await cli('set', id, '--bandwidth', '5')).code, 2, 'a number without a unit');
    assert.equal((await cli('postcopy', id)).code, 2, 'nobody is asked in a pipeline');
    const switched = await cli('postcopy', id, '--yes');
    assert.equal(switched.code, 0, switched.said);
    const ended = await run;
    assert.equal(ended.code, 0, ended.said);
    assert.equal((await cli('recover', id)).code, 1, 'there is nothing to recover');
    assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm02')), []);
    await hosts().destroyGuest(guest);
  },
);

test('a run is watched and cancelled over the machine’s own ssh', patience, async () => {
  const guest = await hosts().startGuest('kvm01', { name: 'cli02', dirtyMiBs: 10 });
  await writeFile(
    join(example.folder, 'cli02.migration.yaml'),
    `apiVersion: livemigrate/v1
kind: Migration
domain: cli02
source: kvm01
destination: kvm02
policy: { bandwidth: 2MiB/s }
`,
  );
  const own = ['--ssh-transport', 'system'];
  const earlier = (await newestRun())?.id;
  const run = cli('run', 'cli02.migration.yaml', '--yes', ...own);
  let id = '';
  const percents = new Set<number>();
  await until('progress that grows', async () => {
    const newest = await newestRun();
    id = newest?.id ?? '';
    if (id !== earlier) percents.add(newest?.percent ?? 0);
    return percents.size > 3;
  });
  const cancelled = await cli('cancel', id, ...own);
  assert.equal(cancelled.code, 0, cancelled.said);
  const ended = await run;
  assert.notEqual(ended.code, 0);
  assert.match(ended.said, /cancelled/);
  assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm01')), []);
  await hosts().destroyGuest(guest);
});

test(
  'the story of the terminal ends with the guest on the destination, its memory and disk intact',
  patience,
  async () => {
    const lines: string[] = [];
    const code = await tellStory(hosts(), example, (line) => lines.push(line));
    assert.equal(code, 0, lines.join('\n'));
  },
);
