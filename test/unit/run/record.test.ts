import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { isAlive, thisProcess } from '../../../hosts/run/owner.ts';
import {
  createRun,
  currentRuns,
  findRun,
  listRuns,
  readRun,
  stateFolder,
} from '../../../hosts/run/record.ts';
import { RecordUnwritable } from '../../../hosts/run/record-unwritable.ts';
import { plan as planFixture } from '../planner/given.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'livemigrate-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function create(now = 1_795_394_816_000) {
  const result = planFixture();
  assert.ok(result.ok);
  return createRun(result.plan, thisProcess('cli'), { folder, now: () => now });
}

test('a line torn by a crash is read past, and what is written after it stands alone', () => {
  const record = create();
  appendFileSync(record.file, '{"at":1,"type":"lau');
  assert.deepEqual(
    record.entries().map(({ type }) => type),
    ['run', 'owner'],
  );
  record.append({ type: 'launched' });
  assert.deepEqual(
    record.entries().map(({ type }) => type),
    ['run', 'owner', 'launched'],
  );
});

test('runs are listed newest first; files that hold no intact plan are left out', () => {
  const first = create(1_795_394_816_000);
  const second = create(1_795_394_817_000);
  writeFileSync(join(folder, 'runs', 'garbage.jsonl'), 'not json\n');
  writeFileSync(join(folder, 'runs', 'empty.jsonl'), '');
  const text = JSON.stringify({ ...first.entries()[0], id: 'forged' });
  writeFileSync(join(folder, 'runs', 'forged.jsonl'), text.replace('root@kvm02', 'root@evil'));
  assert.deepEqual(
    listRuns({ folder }).map(({ id }) => id),
    [second.id, first.id],
  );
  assert.deepEqual(
    currentRuns({ folder }).map(({ id }) => id),
    [second.id, first.id],
  );
  assert.equal(readRun('garbage', { folder }), undefined);
  assert.equal(findRun('../x', { folder }), undefined);
});

test('no folder of runs is no runs', () => {
  assert.deepEqual(listRuns({ folder: join(folder, 'nothing') }), []);
});

test('the state folder follows LIVEMIGRATE_STATE, then XDG_STATE_HOME', () => {
  assert.equal(stateFolder({ LIVEMIGRATE_STATE: '/a', XDG_STATE_HOME: '/b' }), '/a');
  assert.equal(stateFolder({ XDG_STATE_HOME: '/b' }), '/b/livemigrate');
  assert.match(stateFolder({ XDG_STATE_HOME: 'relative' }), /\/\.local\/state\/livemigrate$/);
});

test('a process is alive only as itself: a reused number or another boot is another process', () => {
  const me = thisProcess('cli');
  assert.equal(isAlive(me), true);
  assert.equal(isAlive({ ...me, birth: me.birth.replace(/\d+$/, '1') }), false);
  assert.equal(isAlive({ ...me, pid: 2 ** 22 + 1 }), false);
});

test('a record that cannot be begun is told with its folder, and no half of it stays', () => {
  writeFileSync(join(folder, 'runs'), 'in the way');
  assert.throws(create, (error: unknown) => {
    assert.ok(error instanceof RecordUnwritable);
    assert.ok(error.message.includes(folder), error.message);
    return true;
  });
  assert.deepEqual(readdirSync(folder), ['runs']);
});

test('what cannot be written is kept, and written in its order when it can be', () => {
  const record = create();
  renameSync(join(folder, 'runs'), join(folder, 'away'));
  assert.throws(() => record.append({ type: 'launched' }), RecordUnwritable);
  assert.throws(() => record.append({ type: 'cancel-requested' }), RecordUnwritable);
  assert.equal(record.flush(), false);
  const types = ['run', 'owner', 'launched', 'cancel-requested'];
  assert.deepEqual(
    record
      .entries()
      .slice(-2)
      .map(({ type }) => type),
    types.slice(-2),
    'whoever holds the record sees it at once',
  );
  renameSync(join(folder, 'away'), join(folder, 'runs'));
  assert.equal(record.flush(), true);
  assert.deepEqual(
    findRun(record.id, { folder })
      ?.entries()
      .map(({ type }) => type),
    types,
  );
});
