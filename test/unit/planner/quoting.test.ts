/** Whole plans with hostile values, and what a real shell makes of their command lines. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { render } from '../../../core/messages.ts';
import type { Plan } from '../../../core/planner/plan.ts';
import { renderPlanAsShell, shellLine } from '../../../core/planner/shell-preview.ts';
import type { Command } from '../../../core/virsh/command.ts';
import { launchCommand } from '../../../core/virsh/detached.ts';
import { createImageCommand, hashFileCommand } from '../../../core/virsh/image-commands.ts';
import { quoteArgv } from '../../../core/virsh/quote.ts';
import { requireTools } from '../../../scripts/debian-tools.ts';
import { localDisk, plan as planFixture, sharedDisk } from './given.ts';
import type { Given } from './given.ts';

const folder = mkdtempSync(join(tmpdir(), 'livemigrate-quoting-'));
const stubs = join(folder, 'bin');
const said = join(folder, 'said');
const shells = ['/bin/sh', '/bin/bash', '/bin/dash'] as const;

/** Programs of a host that only note how they were called: name and arguments, each ended by a NUL. */
before(() => {
  requireTools({ bash: 'bash', dash: 'dash' });
  mkdirSync(stubs);
  for (const name of ['virsh', 'qemu-img', 'sh', 'nice'])
    writeFileSync(
      join(stubs, name),
      `#!/bin/dash\nprintf '%s\\0' "$#" "\${0##*/}" "$@" >>"$SAID"\n`,
      { mode: 0o755 },
    );
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The calls that a script makes in a shell, in a folder that shows whether it does anything else. */
function callsOf(shell: string, script: string): readonly (readonly string[])[] {
  writeFileSync(said, '');
  const empty = mkdtempSync(join(folder, 'empty-'));
  // What a wildcard that is not quoted would find.
  writeFileSync(join(empty, 'a'), '');
  const { stderr, error } = spawnSync(shell, ['-c', script], {
    cwd: empty,
    env: { PATH: `${stubs}:/usr/bin:/bin`, SAID: said, HOME: empty, x: 'expanded' },
    input: '',
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(error, undefined);
  assert.equal(stderr, '', script);
  assert.deepEqual(readdirSync(empty), ['a'], script);
  rmSync(empty, { recursive: true });
  const words = readFileSync(said, 'utf8').split('\0').slice(0, -1);
  const calls: string[][] = [];
  for (let at = 0; at < words.length;) {
    const count = Number(words[at]) + 1;
    calls.push(words.slice(at + 1, at + 1 + count));
    at += 1 + count;
  }
  return calls;
}

const nasty = [
  ' ',
  "'",
  '"',
  '$(touch ran)',
  '`touch ran`',
  '$x',
  '${x}',
  ';touch ran;',
  '&touch ran&',
  '|cat',
  '>ran',
  '\\',
  '*',
  '?',
  '[a-z]',
  '{a,b}',
  '~',
  '!!',
  '#',
  '-',
  '--',
  '=',
  '%s',
  'é',
  '虚拟机',
  '😀',
  '(',
  ')',
  '<x',
  '\t',
  '\n',
  '\r',
  '\u0001',
  '\u007f',
  '\u2028',
  '\u202e',
];
const hostile = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...nasty) },
      { weight: 1, arbitrary: fc.constantFrom('vm', 'a.b', '7') },
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''));

/** Each makes a plan in which one value is hostile. */
const places: Readonly<Record<string, (text: string) => Given>> = {
  name: (text) => ({
    name: text,
    disks: [localDisk],
    yaml: copyTo('/elsewhere/vm.qcow2'),
    missing: ['/elsewhere/vm.qcow2'],
  }),
  'path on the source': (text) => ({
    disks: [{ ...localDisk, path: `/images/${text}/vm.qcow2` }],
    yaml: 'storage:\n  disks:\n    - { target: vda, action: copy, destination: { create: true, size: 20GiB } }\n',
  }),
  'path on the destination': (text) => ({
    disks: [localDisk],
    yaml: copyTo(`/elsewhere/${text}/vm.qcow2`),
    missing: [`/elsewhere/${text}/vm.qcow2`],
  }),
  'backing file': (text) => ({
    disks: [{ ...localDisk, source: { backing: [`/base/${text}`] } }],
    bases: [{ target: '', path: `/base/${text}` }],
    missing: ['/elsewhere/vm.qcow2'],
    yaml: `storage:\n  mode: copy-incremental\n  baseProof: sha256\n  disks:\n    - { target: vda, action: copy, destination: { path: /elsewhere/vm.qcow2, create: true } }\n`,
  }),
  'name on the destination': (text) => ({
    yaml: `policy:\n  destinationName: ${JSON.stringify(text)}\n`,
  }),
  target: (text) => ({ disks: [{ ...sharedDisk, target: text }] }),
  'reason of unsafe': (text) => ({
    yaml: `policy:\n  unsafe: { reason: ${JSON.stringify(text)} }\n`,
  }),
  'migration URI': (text) => ({
    yaml: `policy:\n  migrateUri: ${JSON.stringify(`tcp://${text}`)}\n`,
  }),
  'migration address': (text) => ({ migrationAddress: text }),
  'destination URI': (text) => ({ destinationUri: `qemu+ssh://root@${text}/system` }),
  'TLS name': (text) => ({ yaml: `policy:\n  tls: { destination: ${JSON.stringify(text)} }\n` }),
  'processors of threads': (text) => ({
    yaml: `policy:\n  parallel: { connections: 2, cpuAffinity: ${JSON.stringify(text)} }\n`,
  }),
};

function copyTo(path: string): string {
  return `storage:\n  disks:\n    - { target: vda, action: copy, destination: { path: ${JSON.stringify(path)}, create: true, size: 20GiB } }\n`;
}

/** Every command that the run of a plan may send to a host. */
function commandsOf({ steps, watch }: Plan): readonly Command[] {
  const { switchToPostCopy, resumePostCopy, guestAgent } = watch;
  return [
    ...steps.flatMap(({ command, undo, cancel }) => [command, undo, cancel]),
    ...steps.flatMap(({ destinationXml: xml }) => [xml?.live, xml?.definition]),
    ...[watch.jobInfo, watch.completedJobInfo.command, watch.cancel, watch.sourceState],
    ...[watch.destinationState, watch.destinationLog, switchToPostCopy, resumePostCopy, guestAgent],
    ...steps.flatMap(({ kind, command }) =>
      kind === 'launch'
        ? [launchCommand({ runId: 'r1', domainUuid: 'u', abortAfterSeconds: 9, migrate: command })]
        : [],
    ),
  ].filter((each) => each !== undefined);
}

test('whatever a plan is made of, every shell hands its programs exactly the planned arguments; the rest is refused with words', () => {
  const seen = { planned: 0, refused: 0, lines: 0 };
  const carried = new Set<string>();
  const tried = new Set<string>();
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(places)), hostile, (place, text) => {
      const result = planFixture(places[place]?.(text));
      if (!result.ok) {
        seen.refused++;
        assert.ok(result.refusals.length > 0);
        for (const { message } of result.refusals) assert.notEqual(render(message).trim(), '');
        return;
      }
      seen.planned++;
      // Most commands are the same in every plan; once is enough for them.
      const commands = commandsOf(result.plan).filter(({ argv }) => {
        const key = JSON.stringify(argv);
        return !tried.has(key) && tried.add(key);
      });
      if (commands.some(({ argv }) => argv.some((word) => word.includes(text)))) carried.add(place);
      seen.lines += commands.length;
      const intended = commands.map(({ argv }) => argv);
      // One shell after the other in turn; each line is what ssh hands to the shell of a host.
      const shell = shells[seen.planned % shells.length] ?? '/bin/sh';
      const script = commands.map(({ argv }) => `env LC_ALL=C ${quoteArgv(argv)}`).join('\n');
      assert.deepEqual(callsOf(shell, script), intended, `${place}: ${JSON.stringify(text)}`);
      if (seen.planned % 3 !== 0) return;
      // And what the preview prints, comments and all, does the steps and nothing else.
      assert.deepEqual(
        callsOf(shell, renderPlanAsShell(result.plan)),
        result.plan.steps.map(({ command }) => command.argv),
        `preview, ${place}: ${JSON.stringify(text)}`,
      );
    }),
    {
      seed: 20_261_123,
      numRuns: nasty.length + 30,
      examples: nasty.map((text): [string, string] => ['path on the destination', text]),
    },
  );
  assert.ok(seen.planned > 30 && seen.refused > 5, JSON.stringify(seen));
  for (const place of ['path on the destination', 'path on the source', 'name on the destination'])
    assert.ok(carried.has(place), `${place} reached no command`);
});

test('inside the scripts of a host, hostile paths stay one argument of one program', () => {
  const names = [
    '$(touch ran)',
    '`touch ran`',
    'it\'s "one"',
    '-rf',
    '*',
    'a\nb',
    ' x ',
    '虚拟机é',
    '\\',
    '%s%n',
    '${x}',
  ];
  for (const [at, name] of names.entries()) {
    const shell = shells[at % shells.length] ?? '/bin/sh';
    // The scripts themselves run here, with a shell; only the tools that they call are stubs.
    const path = join(folder, `images-${name}`, 'vm.qcow2');
    mkdirSync(join(folder, `images-${name}`), { recursive: true });
    const create = createImageCommand({
      path,
      format: 'qcow2',
      size: 1024,
      backing: { path: `/base/${name}`, format: 'raw' },
    });
    const line = (command: Command): string =>
      shellLine({ ...command, argv: [shell, ...command.argv.slice(1)] });
    const [call] = callsOf(shell, `${line(create)} >/dev/null`);
    assert.deepEqual(call?.slice(0, 10), [
      ...['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', `/base/${name}`, '-F', 'raw', '--'],
    ]);
    assert.ok(call[10]?.startsWith(join(folder, `images-${name}`, '.livemigrate.')), call[10]);
    assert.deepEqual(readdirSync(join(folder, `images-${name}`)), ['vm.qcow2']);
    assert.deepEqual(callsOf(shell, `${line(hashFileCommand(path))} >/dev/null`), [
      ['nice', 'sha256sum'],
    ]);
    rmSync(join(folder, `images-${name}`), { recursive: true });
  }
});
