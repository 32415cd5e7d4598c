import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderPlanAsShell } from '../../../core/planner/shell-preview.ts';
import { localDisk, plan, sharedDisk } from './given.ts';
import type { Given } from './given.ts';

const create = 'destination: { create: true, size: 20GiB }';
const cases: Readonly<Record<string, Given>> = {
  shared: { migrationAddress: '10.9.0.2' },
  'mixed-with-limits': {
    name: "it's $(reboot); rm -rf x",
    disks: [
      localDisk,
      { ...sharedDisk, target: 'vdb', path: '/images/data.qcow2' },
      {
        target: 'sda',
        path: '/images/tools.iso',
        device: 'cdrom',
        format: 'raw',
        flags: '<readonly/>',
      },
    ],
    domain: { guestAgent: true },
    yaml: `storage:
  mode: mixed
  disks:
    - { target: vda, action: copy, ${create} }
    - { target: vdb, action: shared }
    - { target: sda, action: skip }
networks:
  - { mac: "52:54:00:12:34:56", segment: 10.1.0.0/24 }
policy:
  bandwidth: 500Mbit/s
  maxDowntime: 500ms
  completionTimeout: 30m
  onTimeout: abort
  autoConverge: { initial: 30, increment: 10 }
  unsafe: { reason: "cache=writeback, guest quiesced" }
`,
  },
  'incremental-elsewhere': {
    disks: [{ ...localDisk, source: { backing: ['/base.qcow2'] } }],
    bases: [{ target: '', path: '/base.qcow2' }],
    missing: ['/elsewhere/vm.qcow2'],
    yaml: `storage:
  mode: copy-incremental
  baseProof: sha256
  disks:
    - { target: vda, action: copy, destination: { path: /elsewhere/vm.qcow2, create: true } }
policy:
  mode: post-copy-by-hand
  parallel: { connections: 4, cpuAffinity: "2-3" }
  compression: { method: zstd, level: 3 }
  tls: { destination: kvm02.example.com }
  parameters: { max-postcopy-bandwidth: 200MiB/s }
`,
  },
};

/** The reviewed file beside this test; UPDATE_GOLDENS=1 writes it, to be reviewed as a diff. */
function golden(name: string, text: string): string {
  const file = new URL(`goldens/${name}`, import.meta.url);
  if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(file, text);
  assert.ok(existsSync(file), `${name} is missing; run with UPDATE_GOLDENS=1 and review it`);
  return readFileSync(file, 'utf8');
}

for (const [name, given] of Object.entries(cases)) {
  test(`the plan “${name}” and its script are as reviewed`, () => {
    const result = plan(given);
    assert.ok(result.ok, JSON.stringify(result));
    const json = JSON.stringify(result.plan, undefined, 2);
    assert.deepEqual(JSON.parse(json), JSON.parse(golden(`${name}.json`, `${json}\n`)));
    const script = renderPlanAsShell(result.plan);
    assert.equal(script, golden(`${name}.sh`, script));
  });

  test(`the script of “${name}” is one that a shell can read`, () => {
    const result = plan(given);
    assert.ok(result.ok);
    const { status, stderr } = spawnSync('/bin/sh', ['-n'], {
      input: renderPlanAsShell(result.plan),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });
}

test('a name with a line break stays inside its comment', () => {
  const result = plan();
  assert.ok(result.ok);
  const lines = renderPlanAsShell({ ...result.plan, domain: "it's\nrm -rf /\r\u2028id" }).split(
    '\n',
  );
  assert.ok(lines.some((line) => line.startsWith("# it's rm -rf /  id (")));
  assert.ok(!lines.some((line) => line.startsWith('rm -rf')));
});
