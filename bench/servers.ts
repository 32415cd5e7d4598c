/** Our language server beside a bare one and beside yaml-language-server, over stdio. */
import { createRequire } from 'node:module';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { inventory, migrationOf } from './documents.ts';
import { LanguageClient } from './language-client.ts';
import type { Expectation, LineEdit, ServerProgram } from './language-client.ts';
import { median, percentile, printTable } from './statistics.ts';
import type { Goal } from './statistics.ts';

const root = join(import.meta.dirname, '..');
/** Milliseconds that yaml-language-server waits before it looks at a change. */
const peerDelay = 200;
/** Milliseconds of rest before memory is read. */
const rest = 500;
/** Milliseconds in which a server does what is left to do after its answer: it is not the next one's. */
const aftermath = 60;
const sizes = [200, 5000] as const;

export interface Effort {
  /** Processes of each server that are started. */
  readonly starts: number;
  /** Changes of each document. */
  readonly changes: number;
}

export interface ServersResult {
  readonly figures: Readonly<Record<string, number>>;
  readonly goals: readonly Goal[];
}

export async function benchServers(folder: string, effort: Effort): Promise<ServersResult> {
  const workspace = join(folder, 'servers');
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(workspace, 'hosts.migration.yaml'), inventory);
  const programs = await serverPrograms(folder);
  const figures: Record<string, number> = {};
  await startsAndOpens({ programs, workspace, figures }, effort.starts);
  await changesAndMemory({ programs, workspace, figures }, effort.changes);
  report(figures);
  return { figures, goals: goalsOf(figures) };
}

/** Our bundle by itself, the same behind the command line, a bare server, and the peer. */
async function serverPrograms(folder: string): Promise<readonly ServerProgram[]> {
  const bare = join(folder, 'bare.cjs');
  await esbuild.build({
    entryPoints: [join(root, 'bench/bare-server.ts')],
    outfile: bare,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  const peer = createRequire(import.meta.url).resolve(
    'yaml-language-server/bin/yaml-language-server',
  );
  const schema = pathToFileURL(join(root, 'schemas/migration.schema.json')).href;
  return [
    { name: 'bare', words: [bare, '--stdio'] },
    { name: 'ours', words: [join(root, 'dist/server.cjs'), '--stdio'] },
    { name: 'ours-lsp', words: [join(root, 'dist/livemigrate.cjs'), 'lsp', '--stdio'] },
    {
      name: 'peer',
      words: [peer, '--stdio'],
      settings: {
        yaml: {
          validate: true,
          schemas: { [schema]: ['*.migration.yaml'] },
          schemaStore: { enable: false },
        },
      },
    },
  ];
}

interface Bench {
  readonly programs: readonly ServerProgram[];
  readonly workspace: string;
  readonly figures: Record<string, number>;
}

async function startsAndOpens(
  { programs, workspace, figures }: Bench,
  rounds: number,
): Promise<void> {
  const starts = new Map(programs.map(({ name }) => [name, [] as number[]]));
  const opens = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const lines of sizes) {
      for (const program of programs) {
        const client = await LanguageClient.start(program, workspace);
        starts.get(program.name)?.push(client.started);
        const uri = pathToFileURL(join(workspace, `open${String(lines)}.migration.yaml`)).href;
        const broken = migrationOf(lines).replace(/copy(?![^]*copy)/, 'cpy');
        const took = await client.open(
          uri,
          broken,
          languageOf(program),
          expects(program, uri, true),
        );
        const key = `${program.name}/${String(lines)}`;
        opens.set(key, [...(opens.get(key) ?? []), took]);
        await client.stop();
      }
    }
  }
  for (const [name, values] of starts) figures[`initialize/${name}`] = median(values);
  for (const [key, values] of opens) figures[`didOpen/${key}`] = median(values);
}

/** One change of each server after the other, so that all see the same machine. */
async function changesAndMemory(
  { programs, workspace, figures }: Bench,
  changes: number,
): Promise<void> {
  const clients: { program: ServerProgram; client: LanguageClient }[] = [];
  for (const program of programs) {
    clients.push({ program, client: await LanguageClient.start(program, workspace) });
  }
  try {
    await pause(rest);
    for (const { program, client } of clients)
      figures[`memory/${program.name}/init`] = client.memory();
    for (const lines of sizes) {
      const text = migrationOf(lines);
      const uri = pathToFileURL(join(workspace, `change${String(lines)}.migration.yaml`)).href;
      const edits = togglingEdits(text, 'action: copy', 'o');
      const took = new Map(programs.map(({ name }) => [name, [] as number[]]));
      for (const { program, client } of clients) {
        await client.open(uri, text, languageOf(program), expects(program, uri, false));
      }
      for (let change = 0; change < changes; change++) {
        const broken = change % 2 === 0;
        for (const { program, client } of clients) {
          const edit = broken ? edits.breaks : edits.mends;
          took
            .get(program.name)
            ?.push(await client.change(uri, edit, expects(program, uri, broken)));
          await pause(aftermath);
        }
      }
      await pause(rest);
      for (const { program, client } of clients) {
        figures[`memory/${program.name}/${String(lines)}`] = client.memory();
        const values = took.get(program.name) ?? [];
        figures[`didChange/${program.name}/${String(lines)}`] = median(values);
        figures[`didChange-p95/${program.name}/${String(lines)}`] = percentile(values, 0.95);
      }
    }
  } finally {
    for (const { client } of clients) await client.stop();
  }
}

function languageOf({ name }: ServerProgram): string {
  return name === 'peer' ? 'yaml' : 'live-migration';
}

/** Diagnostics that tell of the misspelt word, or no longer do. The bare server knows nothing. */
function expects({ name }: ServerProgram, uri: string, broken: boolean): Expectation {
  return (published, version) => {
    if (published.uri !== uri) return false;
    if (name === 'bare') return published.version === version;
    const found = published.diagnostics.some(({ severity }) => severity === 1);
    return found === broken;
  };
}

/** Takes one letter out of the last place where `words` stand, and puts it back. */
export function togglingEdits(
  text: string,
  words: string,
  letter: string,
): { readonly breaks: LineEdit; readonly mends: LineEdit } {
  const at = text.lastIndexOf(words) + words.lastIndexOf(letter);
  const line = text.slice(0, at).split('\n').length - 1;
  const start = at - (text.lastIndexOf('\n', at - 1) + 1);
  return {
    breaks: { line, start, end: start + 1, text: '' },
    mends: { line, start, end: start, text: letter },
  };
}

function report(figures: Readonly<Record<string, number>>): void {
  const value = (key: string): number => figures[key] ?? NaN;
  const row = (what: string, key: (name: string) => string) => [
    what,
    ...['bare', 'ours', 'ours-lsp', 'peer'].map((name) => value(key(name))),
    value(key('ours')) / value(key('bare')),
    value(key('ours')) / value(key('peer')),
  ];
  const title = 'Language servers over stdio (ms; memory in MiB)';
  printTable(title, [
    ['', 'bare', 'ours', 'livemigrate lsp', 'yaml-language-server', 'ours / bare', 'ours / peer'],
    row('start to initialize', (name) => `initialize/${name}`),
    ...sizes.map((lines) =>
      row(`didOpen, ${String(lines)} lines`, (name) => `didOpen/${name}/${String(lines)}`),
    ),
    ...sizes.flatMap((lines) => [
      row(
        `didChange, ${String(lines)} lines, median`,
        (name) => `didChange/${name}/${String(lines)}`,
      ),
      row(
        `didChange, ${String(lines)} lines, p95`,
        (name) => `didChange-p95/${name}/${String(lines)}`,
      ),
    ]),
    ...['init', '200', '5000'].map((when) =>
      row(`memory, ${when}`, (name) => `memory/${name}/${when}`),
    ),
  ]);
  for (const lines of sizes) {
    const peer = value(`didChange/peer/${String(lines)}`);
    console.log(
      `yaml-language-server at ${String(lines)} lines without its own delay of ${String(peerDelay)} ms: ${(peer - peerDelay).toFixed(1)} ms, ${((peer - peerDelay) / value(`didChange/ours/${String(lines)}`)).toFixed(1)} times ours`,
    );
  }
}

function goalsOf(figures: Readonly<Record<string, number>>): readonly Goal[] {
  const ratio = (a: string, b: string): number => (figures[a] ?? NaN) / (figures[b] ?? NaN);
  const most = (name: string, value: number, bound: number): Goal => ({
    name,
    value,
    bound,
    is: 'at most',
  });
  const least = (name: string, value: number, bound: number): Goal => ({
    name,
    value,
    bound,
    is: 'at least',
  });
  return [
    most('initialize / bare', ratio('initialize/ours', 'initialize/bare'), 1.25),
    most('initialize / peer', ratio('initialize/ours', 'initialize/peer'), 0.4),
    most('didOpen 200 / peer', ratio('didOpen/ours/200', 'didOpen/peer/200'), 0.16),
    most('didOpen 5000 / peer', ratio('didOpen/ours/5000', 'didOpen/peer/5000'), 0.22),
    least('didChange 200: peer / ours', ratio('didChange/peer/200', 'didChange/ours/200'), 40),
    least('didChange 5000: peer / ours', ratio('didChange/peer/5000', 'didChange/ours/5000'), 4.5),
    least(
      'didChange 200 p95: peer / ours',
      ratio('didChange-p95/peer/200', 'didChange-p95/ours/200'),
      40,
    ),
    least(
      'didChange 5000 p95: peer / ours',
      ratio('didChange-p95/peer/5000', 'didChange-p95/ours/5000'),
      4.5,
    ),
    most('memory after initialize / peer', ratio('memory/ours/init', 'memory/peer/init'), 0.75),
    most('memory at 200 / peer', ratio('memory/ours/200', 'memory/peer/200'), 0.75),
    most('memory at 5000 / peer', ratio('memory/ours/5000', 'memory/peer/5000'), 0.85),
  ];
}
