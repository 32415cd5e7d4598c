/**
 * Runs every test there is and ends with `N passed, N failed, N skipped`.
 *
 * Usage: npm test [-- SUITE…]   suites: project unit editors lab extension ui
 *
 * The suites that need root, Debian packages or a browser install them. Where that is not possible
 * the run says what is missing, runs the rest, and counts each suite that did not run as skipped;
 * with CI=true nothing may be skipped.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { build } from './build.ts';
import type { Told } from './count-reporter.ts';
import { findProgram } from './debian-tools.ts';

const root = join(import.meta.dirname, '..');
/** Milliseconds after which a suite that does not end is ended and counts as failed. */
const suiteLimit = 30 * 60_000;

const cores = availableParallelism();

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  /** Test files that run at once. Those that share one display run one after another. */
  readonly atOnce: number;
  /** Those of its files that only read: they may run on beside the next suite, and are told after it. */
  readonly aside?: readonly string[];
  /** What the machine lacks for this suite; undefined when it can run. */
  readonly missing: () => string | undefined;
}

const isRootOnDebian = (): string | undefined => {
  if (process.platform !== 'linux') return 'Linux';
  if (process.getuid?.() !== 0) return 'root (run “sudo npm test”)';
  return undefined;
};

const suites: readonly Suite[] = [
  {
    name: 'project',
    files: ['test/project/**/*.test.ts'],
    atOnce: 1,
    // Compilers and linters, one core for a minute and a half.
    aside: ['test/project/toolchain.test.ts'],
    missing: () => undefined,
  },
  {
    name: 'unit',
    files: [
      'test/unit/**/*.test.ts',
      'test/rules/**/*.test.ts',
      'test/protocol/**/*.test.ts',
      'test/ssh/**/*.test.ts',
      'test/fuzz/**/*.test.ts',
    ],
    // Half of the time these wait for bounds and pauses, not for a core.
    atOnce: cores,
    missing: () => undefined,
  },
  {
    name: 'editors',
    files: ['test/neovim/**/*.test.ts'],
    atOnce: 1,
    missing: () => (findProgram('nvim') === undefined ? isRootOnDebian() : undefined),
  },
  {
    name: 'lab',
    files: ['test/lab/**/*.test.ts', 'test/lab-runs/**/*.test.ts'],
    // Each file has a lab of its own. A guest is emulated and keeps one core busy; more at once only wait for each other.
    atOnce: Math.min(cores, 4),
    missing: isRootOnDebian,
  },
  { name: 'extension', files: ['test/extension/*.test.ts'], atOnce: 1, missing: isRootOnDebian },
  { name: 'ui', files: ['test/ui/**/*.test.ts'], atOnce: 1, missing: isRootOnDebian },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no suite ${unknown.join(', ')}; suites are ${suites.map((suite) => suite.name).join(', ')}.`,
  );
  process.exit(2);
}

await build();
let total: Counts = { passed: 0, failed: 0, skipped: 0 };
const failures: Told[] = [];
let earlier: Promise<() => Counts> | undefined;
for (const suite of suites) {
  if (wanted.length > 0 && !wanted.includes(suite.name)) continue;
  const missing = suite.missing();
  if (missing !== undefined) {
    console.log(`\n== ${suite.name}: not run, this machine lacks ${missing}`);
    total = { ...total, skipped: total.skipped + 1 };
    continue;
  }
  const { aside = [] } = suite;
  const beside = aside.length === 0 ? undefined : runQuietly(suite, aside);
  console.log(`\n== ${suite.name}`);
  const started = Date.now();
  const files = (await filesOf(suite)).filter((file) => !aside.includes(file));
  total = add(total, told(suite, await run(suite, files, 'inherit'), started));
  if (earlier !== undefined) total = add(total, (await earlier)());
  earlier = beside;
}
if (earlier !== undefined) total = add(total, (await earlier)());
for (const { name, file, error = '' } of failures) {
  console.log(
    `\nfailed: ${name} (${relative(root, file)})\n${error.split('\n').slice(0, 40).join('\n')}`,
  );
}
console.log(`\n${line(total)}`);
const incomplete = process.env['CI'] === 'true' && total.skipped > 0;
if (incomplete) console.error('With CI=true every suite must run.');
process.exit(total.failed > 0 || total.passed === 0 || incomplete ? 1 : 0);

/** Runs a suite and keeps what it prints for the function it gives. */
async function runQuietly(suite: Suite, files: readonly string[]): Promise<() => Counts> {
  const started = Date.now();
  const printed: Buffer[] = [];
  const counts = await run(suite, files, (chunk) => printed.push(chunk));
  const ended = Date.now();
  return () => {
    console.log(`\n== ${suite.name}, aside`);
    process.stdout.write(Buffer.concat(printed));
    return told(suite, counts, started, ended);
  };
}

function told(suite: Suite, counts: Counts, started: number, ended = Date.now()): Counts {
  console.log(`== ${suite.name}: ${line(counts)} (${Math.round((ended - started) / 1000)} s)`);
  return counts;
}

async function filesOf(suite: Suite): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const file of glob([...suite.files], { cwd: root })) files.push(file);
  return files.sort();
}

/** A suite that crashes, or has to be ended, has failed. */
async function run(suite: Suite, files: readonly string[], output: Output): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 1, skipped: 0 };
  const folder = await mkdtemp(join(tmpdir(), 'live-migrate-test-'));
  const counted = join(folder, 'counts.jsonl');
  const args = [
    '--test',
    `--import=${join(root, 'scripts', 'test-file-bound.ts')}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'scripts', 'count-reporter.ts')}`,
    `--test-reporter-destination=${counted}`,
    `--test-concurrency=${String(suite.atOnce)}`,
    ...files,
  ];
  try {
    const code = await spawned(process.execPath, args, output);
    const told = await endedTests(counted);
    failures.push(...told.filter(({ result }) => result === 'failed'));
    const count = (wanted: Told['result']) => told.filter(({ result }) => result === wanted).length;
    const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the reporter wrote; a suite that was ended can leave its last line torn. */
async function endedTests(file: string): Promise<readonly Told[]> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  return lines.slice(0, -1).map((text) => JSON.parse(text) as Told);
}

/** Where what a suite prints goes: to the terminal as it comes, or to a function. */
type Output = 'inherit' | ((chunk: Buffer) => void);

function spawned(command: string, args: readonly string[], output: Output): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const environment = { ...process.env };
    // A test runner inside a test runner would report to its parent instead of to the terminal.
    delete environment['NODE_TEST_CONTEXT'];
    const child = spawn(command, args, {
      cwd: root,
      stdio: output === 'inherit' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      env: environment,
    });
    if (output !== 'inherit') {
      child.stdout?.on('data', output);
      child.stderr?.on('data', output);
    }
    const limit = setTimeout(() => {
      console.error(`The suite did not end within ${suiteLimit / 60_000} minutes.`);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 20_000).unref();
    }, suiteLimit);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve(code);
    });
  });
}

function add(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

function line({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
