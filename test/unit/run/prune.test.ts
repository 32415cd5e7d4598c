/** Records that outlive crashes and are shared by processes, and which of them grow old. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runs } from '../../../cli/commands/runs.ts';
import { english, render, say } from '../../../core/messages.ts';
import type { RunEvent, RunOutcome } from '../../../hosts/run/entry.ts';
import { thisProcess } from '../../../hosts/run/owner.ts';
import { defaultKeepDays, pruneRuns } from '../../../hosts/run/prune.ts';
import { createRun, findRun, listRuns } from '../../../hosts/run/record.ts';
import type { RunRecord } from '../../../hosts/run/record.ts';
import { plan as planFixture } from '../planner/given.ts';

const day = 24 * 60 * 60 * 1000;
const begun = 1_700_000_000_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'livemigrate-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function create(now = begun): RunRecord {
  const result = planFixture();
  assert.ok(result.ok);
  return createRun(result.plan, thisProcess('cli'), { folder, now: () => now });
}

function ended(more: Partial<RunOutcome> = {}): RunEvent {
  return {
    type: 'ended',
    outcome: {
      result: 'completed',
      guest: 'destination',
      message: say('The migration was cancelled.'),
      cause: undefined,
      measured: undefined,
      guestAgent: 'not-asked',
      undone: [],
      ...more,
    },
  };
}

const appender = fileURLToPath(new URL('append-records.ts', import.meta.url));

function appending(id: string, name: string, count: number) {
  return spawn(process.execPath, [appender, folder, id, name, String(count)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Numbers that a process wrote, in the order of the file; each entry is whole. */
function numbersOf(record: RunRecord, name: string): readonly number[] {
  return record.entries().flatMap((entry) => {
    if (entry.type !== 'lost-sight' || entry.host !== name) return [];
    const [number = '', text = ''] = entry.why.split(' ');
    assert.equal(text, name.repeat(2000 + (Number(number) % 7) * 900));
    return [Number(number)];
  });
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

test('two processes that write to one record at once lose and mix nothing', async () => {
  const record = create();
  const writers = ['a', 'b'].map((name) => appending(record.id, name, 150));
  await Promise.all(writers.map((writer) => once(writer, 'exit')));
  for (const name of ['a', 'b']) assert.deepEqual(numbersOf(record, name), upTo(150));
  assert.equal(record.entries().length, 302);
});

test('a process that is killed in the middle of writing leaves a record that is read and written on', async () => {
  const record = create();
  for (const name of ['c', 'd', 'e']) {
    const writer = appending(record.id, name, 1_000_000);
    const exited = once(writer, 'exit');
    const before = statSync(record.file).size;
    while (statSync(record.file).size < before + 200_000) await sleep(2);
    writer.kill('SIGKILL');
    await exited;
    const numbers = numbersOf(record, name);
    assert.ok(numbers.length > 5);
    assert.deepEqual(numbers, upTo(numbers.length), 'nothing is missing before the last line');
  }
  // A crash of the machine can leave half of a line; what comes after it stands alone.
  const text = readFileSync(record.file, 'utf8');
  writeFileSync(record.file, text.slice(0, -1500));
  const count = record.entries().length;
  record.append({ type: 'launched' });
  assert.equal(findRun(record.id, { folder })?.entries().length, count + 1);
  assert.equal(record.entries().at(-1)?.type, 'launched');
});

test('what stands in a record is never changed: every write is at its end', () => {
  const record = create();
  let before = readFileSync(record.file);
  for (const event of [{ type: 'launched' }, ended()] as const) {
    record.append(event);
    const after = readFileSync(record.file);
    assert.ok(after.length > before.length && after.subarray(0, before.length).equals(before));
    before = after;
  }
  assert.equal(statSync(record.file).mode & 0o777, 0o600);
});

test('records of runs that ended longer ago than the limit are removed, and no others', () => {
  const old = create();
  findRun(old.id, { folder, now: () => begun + day })?.append(ended());
  const recent = create();
  findRun(recent.id, { folder, now: () => begun + 50 * day })?.append(ended());
  const input = { folder, keepDays: defaultKeepDays, now: begun + 92 * day };
  assert.deepEqual(pruneRuns({ ...input, keepDays: 0 }).removed, [], '0 keeps all');
  assert.deepEqual(pruneRuns(input), { removed: [old.id], kept: [], busy: false });
  assert.deepEqual(
    listRuns({ folder }).map(({ id }) => id),
    [recent.id],
  );
});

test('an open run is never removed, nor one that may be recovered, nor one that left something behind', () => {
  const open = create();
  const launched = create();
  launched.append({ type: 'launched' });
  const interrupted = create();
  interrupted.append({ type: 'post-copy-requested' });
  interrupted.append({ type: 'recovery', launch: 'x-r1' });
  const needed = [
    ended({ result: 'uncertain', guest: 'split' }),
    ended({ result: 'failed', guest: 'both' }),
    ended({ result: 'failed', guest: 'unknown' }),
    ended({ result: 'detached', guest: 'unknown' }),
    ended({
      result: 'failed',
      guest: 'source',
      undone: [{ step: 'create-vda', outcome: 'kept', why: say('It is in use.') }],
    }),
  ].map((event) => {
    const record = create();
    record.append(event);
    return record;
  });
  writeFileSync(join(folder, 'runs', 'garbage.jsonl'), 'not json\n');
  const all = readdirSync(join(folder, 'runs')).sort();
  const { removed, kept } = pruneRuns({ folder, keepDays: 1, now: begun + 5000 * day });
  assert.deepEqual(removed, []);
  assert.deepEqual([...kept].sort(), needed.map(({ id }) => id).sort());
  assert.deepEqual(readdirSync(join(folder, 'runs')).sort(), all);
  assert.ok(all.includes(`${open.id}.jsonl`) && all.includes(`${launched.id}.jsonl`));
});

test('one process prunes at a time, and the lock of one that was killed is no lock', () => {
  const old = create();
  old.append(ended());
  const input = { folder, keepDays: 1, now: begun + 5 * day };
  const file = join(folder, 'prune.lock');
  const me = thisProcess('editor');
  writeFileSync(file, JSON.stringify(me));
  assert.deepEqual(pruneRuns(input), { removed: [], kept: [], busy: true });
  assert.ok(existsSync(old.file));
  writeFileSync(file, JSON.stringify({ ...me, birth: me.birth.replace(/\d+$/, '1') }));
  assert.deepEqual(pruneRuns(input).removed, [old.id]);
  assert.deepEqual(readdirSync(folder).sort(), ['runs'], 'no lock is left behind');
});

test('livemigrate runs --prune removes old records and says how many', async (t) => {
  const old = create();
  old.append(ended());
  const open = create();
  const before = process.env['LIVEMIGRATE_STATE'];
  process.env['LIVEMIGRATE_STATE'] = folder;
  t.after(() => {
    if (before === undefined) delete process.env['LIVEMIGRATE_STATE'];
    else process.env['LIVEMIGRATE_STATE'] = before;
  });
  const [out, notes]: [string[], string[]] = [[], []];
  const code = await runs.run({
    positionals: [],
    values: { prune: true, days: '30' },
    folder,
    environment: {},
    signal: new AbortController().signal,
    terminal: {
      translate: english,
      out: (line) => out.push(line),
      note: (line) => notes.push(line),
      progress: () => undefined,
      interactive: false,
      say: (message) => render(message),
    },
  });
  assert.equal(code, 0);
  assert.deepEqual(out, [old.id]);
  assert.match(notes.join('\n'), /more than 30 days ago: 1 removed/);
  assert.deepEqual(
    listRuns({ folder }).map(({ id }) => id),
    [open.id],
  );
});
