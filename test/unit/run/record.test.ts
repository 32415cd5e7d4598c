import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
