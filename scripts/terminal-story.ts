import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flaws } from '../test/lab/lab.ts';
import type { Lab } from '../test/lab/lab.ts';
import { indexLines } from '../core/text/lines.ts';
import type { PositionRange } from '../core/text/lines.ts';
import type { Example } from './example.ts';

const livemigrate = join(import.meta.dirname, '..', 'dist', 'livemigrate.cjs');
/** Milliseconds that one command may take. */
const commandLimit = 10 * 60_000;

interface FixedProblem {
  readonly code: string;
  readonly fix: readonly {
    readonly title: string;
    readonly edits: readonly {
      readonly file: string;
      readonly range: PositionRange;
      readonly newText: string;
    }[];
  }[];
}

/**
 * The main job as a pipeline does it: check, mend, preflight, measure, plan, run, prove.
 * Gives 0 only when the guest runs on the destination with its memory and disk intact.
 */
export async function tellStory(
  lab: Lab,
  example: Example,
  say: (line: string) => void,
): Promise<number> {
  const { folder, migration, guest } = example;
  const cli = (
    args: readonly string[],
    show = true,
  ): Promise<{ code: number | null; stdout: string }> =>
    command(args, {
      folder,
      show,
      environment: {
        LIVEMIGRATE_SSH_CONFIG: example.sshConfig,
        LIVEMIGRATE_STATE: join(lab.stateDir, 'state'),
      },
    });
  const fail = (why: string): number => {
    say(`\nFailed: ${why}`);
    return 1;
  };

  say('\n$ livemigrate check web01.migration.yaml');
  const checked = await cli(['check', 'web01.migration.yaml']);
  if (checked.code !== 1) return fail('the mistake in the example was not found.');

  const found = JSON.parse(
    (await cli(['check', 'web01.migration.yaml', '--format', 'json'], false)).stdout,
  ) as readonly FixedProblem[];
  const fix = found.find(({ code }) => code === 'shareable-disk-copied')?.fix[0];
  if (fix === undefined) return fail('the mistake has no fix.');
  say(`\nApplying its fix: ${fix.title}`);
  writeFileSync(migration, applied(readFileSync(migration, 'utf8'), fix.edits));

  say('\n$ livemigrate check web01.migration.yaml');
  if ((await cli(['check', 'web01.migration.yaml'])).code !== 0)
    return fail('the mended example has errors.');
  say('\n$ livemigrate preflight web01.migration.yaml');
  if ((await cli(['preflight', 'web01.migration.yaml'])).code !== 0)
    return fail('the preflight found errors.');
  say('\n$ livemigrate dirty-rate web01 --host kvm01 --samples 3');
  if ((await cli(['dirty-rate', 'web01', '--host', 'kvm01', '--samples', '3'])).code !== 0)
    return fail('the dirty rate could not be measured.');
  say('\n$ livemigrate plan web01.migration.yaml --format sh');
  if ((await cli(['plan', 'web01.migration.yaml', '--format', 'sh'])).code !== 0)
    return fail('there is no plan.');
  say('\n$ livemigrate run web01.migration.yaml --yes');
  if ((await cli(['run', 'web01.migration.yaml', '--yes'])).code !== 0)
    return fail('the run did not succeed.');

  say('\nProof');
  const { stdout: state } = await lab.exec('kvm02', ['virsh', 'domstate', 'web01']);
  if (state.trim() !== 'running') return fail(`web01 is “${state.trim()}” on kvm02.`);
  say('  web01 runs on kvm02.');
  const ticked = await guest.waitForTicks(3, 'kvm02');
  const broken = flaws(ticked);
  if (broken.length > 0) return fail(broken.join('\n'));
  say(
    `  Its memory is intact: ${String(ticked.ticks.length)} ticks, each with its checksum, on both hosts.`,
  );
  const blocks = await lab.verifyDisk('kvm02', guest);
  if (!blocks.ok) return fail(`blocks are missing on the copied disk: ${JSON.stringify(blocks)}`);
  say(
    `  Its disk is intact: ${String(blocks.acked)} blocks that the guest wrote are all on the copy.`,
  );
  return 0;
}

function applied(text: string, edits: FixedProblem['fix'][number]['edits']): string {
  const lines = indexLines(text);
  return edits
    .map(({ range, newText }) => ({
      start: lines.offset(range.start),
      end: lines.offset(range.end),
      newText,
    }))
    .sort((a, b) => b.start - a.start)
    .reduce(
      (result, { start, end, newText }) => result.slice(0, start) + newText + result.slice(end),
      text,
    );
}

function command(
  args: readonly string[],
  options: {
    readonly folder: string;
    readonly show: boolean;
    readonly environment: Readonly<Record<string, string>>;
  },
): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [livemigrate, ...args], {
      cwd: options.folder,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: commandLimit,
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (options.show) process.stdout.write(chunk);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout });
    });
  });
}
