/**
 * Measures Live Migrate beside other programs, in one run and turn by turn. The last line is one JSON
 * object.
 *
 * Usage: npm run bench [-- --quick] [-- --domains FOLDER] [-- --only servers,validators,folder,workspace,parsers,facts,runs]
 *
 * --domains takes a folder of domain XML instead of files made from the project's own example. Tools
 * that are missing (virt-xml-validate, xmllint) are installed from Debian's packages.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../scripts/build.ts';
import { requireTools } from '../scripts/debian-tools.ts';
import { benchFacts } from './facts.ts';
import { benchFolder } from './folder.ts';
import type { SectionResult } from './lab-bench.ts';
import { benchParsers } from './parsers.ts';
import { benchRuns } from './runs.ts';
import { benchServers } from './servers.ts';
import { isMet, printTable, rounded } from './statistics.ts';
import type { Goal } from './statistics.ts';
import { benchValidators } from './validators.ts';
import { benchWorkspace } from './workspace.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    domains: { type: 'string' },
    only: { type: 'string' },
  },
});
const { quick, domains } = values;

const sections: Readonly<
  Record<string, (folder: string) => Promise<SectionResult> | SectionResult>
> = {
  servers: (folder) =>
    benchServers(folder, quick ? { starts: 3, changes: 10 } : { starts: 11, changes: 100 }),
  validators: (folder) => benchValidators(folder, quick ? 9 : 41),
  folder: (folder) => benchFolder(folder, { domains, rounds: quick ? 2 : 5 }),
  workspace: (folder) => benchWorkspace(folder, quick ? 6 : 20),
  parsers: () => benchParsers(quick ? 20 : 100),
  facts: () => benchFacts(quick ? 2 : 7),
  runs: () =>
    benchRuns(
      quick
        ? { pairs: 2, windows: 1, seconds: 10, launches: 2 }
        : { pairs: 12, windows: 3, seconds: 35, launches: 6 },
    ),
};

const chosen = values.only?.split(',') ?? Object.keys(sections);
const unknown = chosen.filter((name) => !(name in sections));
if (unknown.length > 0) {
  console.error(
    `There is no section ${unknown.join(', ')}; sections are ${Object.keys(sections).join(', ')}.`,
  );
  process.exit(2);
}

requireTools({ xmllint: 'libxml2-utils', 'virt-xml-validate': 'libvirt-clients' });
await build(true);
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  libvirt: execFileSync('dpkg-query', ['-W', '-f', '${Version}', 'libvirt0'], { encoding: 'utf8' }),
  date: new Date().toISOString().slice(0, 16),
};
console.log(
  Object.entries(machine)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(', '),
);
const folder = mkdtempSync(join(tmpdir(), 'livemigrate-bench-'));
const figures: Record<string, number> = {};
const goals: Goal[] = [];
try {
  for (const name of chosen) {
    const result = await sections[name]?.(folder);
    Object.assign(figures, result?.figures);
    goals.push(...(result?.goals ?? []));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  await build();
}
printTable('Goals', [
  ['figure', 'value', 'goal', ''],
  ...goals.map((goal) => [
    goal.name,
    goal.value,
    `${goal.is} ${String(goal.bound)}`,
    isMet(goal) ? 'met' : 'not met',
  ]),
]);
const round = ([key, value]: [string, number]): [string, number] => [key, rounded(value)];
console.log(
  JSON.stringify({
    machine,
    figures: Object.fromEntries(Object.entries(figures).map(round)),
    goals: goals.map((goal) => ({ ...goal, value: rounded(goal.value), met: isMet(goal) })),
  }),
);
