/**
 * Measures the check of domain XML against a folder of documents with known verdicts.
 *
 * Usage: npm run corpus -- DIR
 *
 * DIR holds `domains.tsv` (file, verdict) and `mutants.tsv` (file, verdict, kind of fault, its line from
 * 1, its range), with the files that they name. The grammar is that of the newest libvirt in `grammars/`. The
 * last line is one JSON object: files, agree, mutants, mutantsAgree, firstErrorOnFaultLine (share),
 * messagesPerFault, filesPerSecond.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultFinder } from '../core/grammar/find-faults.ts';
import { loadGrammar } from '../core/grammar/grammar.ts';
import { compareVersions } from '../core/grammar/versions.ts';
import type { Span } from '../core/text/span.ts';
import { parseXml } from '../core/xml/parse.ts';
import { measureRecovery } from './xml-recovery.ts';

const folder = process.argv[2];
if (folder === undefined || !existsSync(join(folder, 'domains.tsv'))) {
  console.error('Usage: npm run corpus -- DIR   (a folder with domains.tsv and mutants.tsv)');
  process.exit(2);
}

const grammars = join(import.meta.dirname, '..', 'grammars');
const newest = readdirSync(grammars)
  .flatMap((name) => /^libvirt-(.+)\.json$/.exec(name)?.[1] ?? [])
  .sort(compareVersions)
  .at(-1);
if (newest === undefined) throw new Error(`there is no grammar in ${grammars}`);
const text = readFileSync(join(grammars, `libvirt-${newest}.json`), 'utf8');
const finder = new FaultFinder(loadGrammar(JSON.parse(text)));
console.log(`Grammar: libvirt ${newest}`);

const domains = rows('domains.tsv').map(([file = '', verdict]) => ({ file, verdict }));
const mutants = rows('mutants.tsv').map(([file = '', verdict, kind = '', line]) => ({
  file,
  verdict,
  kind,
  line: Number(line),
}));

/** Errors in the order of their places. */
function check(document: string): readonly Span[] {
  const { root, problems } = parseXml(document);
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ span }) => span);
  if (errors.length > 0 || root === undefined) return [...errors, { start: 0, end: 0 }];
  return finder.faultsOf(root).map(({ span }) => span);
}

const texts = new Map(
  [...domains, ...mutants].map(({ file }) => [file, readFileSync(join(folder, file), 'utf8')]),
);
const textOf = (file: string): string => texts.get(file) ?? '';

const disagreements: string[] = [];
/** Does our verdict equal the given one? A disagreement is remembered. */
function agrees(file: string, verdict: string | undefined, errors: readonly Span[]): boolean {
  const own = errors.length === 0 ? 'valid' : 'invalid';
  if (own !== verdict) disagreements.push(`${file}: ${own}, expected ${verdict ?? '?'}`);
  return own === verdict;
}

const agree = domains.filter(({ file, verdict }) =>
  agrees(file, verdict, check(textOf(file))),
).length;

let mutantsAgree = 0;
const located: string[] = [];
const kinds = new Map<string, { faults: number; onLine: number; messages: number }>();
for (const { file, verdict, kind, line } of mutants) {
  const errors = check(textOf(file));
  if (agrees(file, verdict, errors)) mutantsAgree++;
  if (verdict !== 'invalid') continue;
  const counts = kinds.get(kind) ?? { faults: 0, onLine: 0, messages: 0 };
  kinds.set(kind, counts);
  counts.faults++;
  counts.messages += errors.length;
  const first = errors[0] === undefined ? 0 : lineAt(textOf(file), errors[0].start);
  if (first === line) counts.onLine++;
  else located.push(`${file} (${kind}): first error on line ${first}, fault on line ${line}`);
}

const rounds = 5;
const times = Array.from({ length: rounds }, () => {
  // A finder of its own: what earlier rounds remembered would make this one faster.
  const fresh = new FaultFinder(loadGrammar(JSON.parse(text)));
  const started = performance.now();
  for (const { file } of domains) {
    const { root } = parseXml(textOf(file));
    if (root !== undefined) fresh.faultsOf(root);
  }
  return performance.now() - started;
}).sort((a, b) => a - b);
const seconds = (times[Math.floor(rounds / 2)] ?? 1) / 1000;

report('Verdicts that differ', disagreements);
report('First errors on another line than the fault', located);
console.log('\nFaults by kind: on their line, messages a fault');
for (const [kind, { faults, onLine, messages }] of [...kinds].sort())
  console.log(`  ${kind.padEnd(16)} ${onLine}/${faults}  ${(messages / faults).toFixed(2)}`);
const recovery = measureRecovery(domains.map(({ file }) => textOf(file)));
console.log('\nElements that keep path and ranges while the text is broken:');
for (const [damage, share] of Object.entries(recovery))
  console.log(`  ${damage.padEnd(16)} ${(share * 100).toFixed(1)} %`);

const total = [...kinds.values()].reduce(
  (sum, each) => ({
    faults: sum.faults + each.faults,
    onLine: sum.onLine + each.onLine,
    messages: sum.messages + each.messages,
  }),
  { faults: 0, onLine: 0, messages: 0 },
);
console.log(
  JSON.stringify({
    files: domains.length,
    agree,
    mutants: mutants.length,
    mutantsAgree,
    firstErrorOnFaultLine: total.faults === 0 ? 1 : total.onLine / total.faults,
    messagesPerFault: total.faults === 0 ? 0 : total.messages / total.faults,
    filesPerSecond: Math.round(domains.length / seconds),
  }),
);

/** Lines of a table without its head, as cells. */
function rows(name: string): readonly (readonly string[])[] {
  const path = join(folder ?? '', name);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(1);
  return lines.filter((line) => line !== '').map((line) => line.split('\t'));
}

function lineAt(document: string, offset: number): number {
  return document.slice(0, offset).split('\n').length;
}

function report(title: string, lines: readonly string[]): void {
  const shown = 20;
  console.log(`\n${title}: ${lines.length}`);
  for (const line of lines.slice(0, shown)) console.log(`  ${line}`);
  if (lines.length > shown) console.log(`  … and ${lines.length - shown} more`);
}
