import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { getHeapCodeStatistics, setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import * as zlib from 'node:zlib';

/** How much more has to be compiled than was kept, to be kept as well: runs call different parts. */
const growth = 1.03;
/** Milliseconds. */
const lookEvery = 60_000;
/** Builds of one bundle whose code is kept: that of an editor, that of a pipeline, the one before. */
const keptBuilds = 3;
/** Bytes before the code: its checksum, and how much was compiled in the process that it was taken from. */
const headerLength = 8;

/**
 * Loads a CommonJS bundle, with the code that the engine made of it in an earlier run, and keeps that of
 * this one. Node's own cache holds only what is compiled while a file is loaded, which is little: what
 * is called later would be compiled again in each run, and short runs spend a third of their time on it.
 *
 * The engine does not look at what it is given, so that everything is held against a checksum first.
 * Where nothing can be kept, or what was kept cannot be used, the bundle is compiled as ever.
 * @param file absolute path of the bundle
 * @param use what a program that will end soon is called for: code is kept for each use by itself.
 *   Undefined for a service, which goes on
 * @returns what the bundle exports
 */
export function loadBundle(file: string, use?: string): unknown {
  tuneEngine(use !== undefined);
  const source = readFileSync(file);
  const kept = new KeptCode(codeFolder(), codeName(file, use), checksum(source));
  // On the line of the bundle's first one, so that lines in stack traces are its own.
  const head = '(function (exports, require, module, __filename, __dirname) {';
  const script = new Script(`${head}${source.toString()}\n})`, {
    filename: file,
    columnOffset: -head.length,
    ...(kept.code === undefined ? {} : { cachedData: kept.code }),
  });
  const run = script.runInThisContext() as (...given: readonly unknown[]) => void;
  const made = { exports: {} };
  run.call(made.exports, made.exports, createRequire(file), made, file, dirname(file));
  // The engine, another version, may have no use for what was kept.
  const known = script.cachedDataRejected === true ? 0 : kept.compiled;
  process.once('exit', (code) => {
    // Words that mean nothing are no use.
    if ((code !== 0 && code !== 1) || !kept.isDue()) return;
    if (compiledBytes() > growth * known) kept.write(script.createCachedData());
    else kept.touch();
  });
  return made.exports;
}

/** Is done before anything is compiled: kept code is taken only by an engine with the flags of its maker. */
function tuneEngine(endsSoon: boolean): void {
  // Else what only the beginning of a run needs would be gone at its end.
  setFlagsFromString('--no-flush-bytecode');
  if (!endsSoon) return;
  // Nobody waits for a moment within a run, but for its end.
  setFlagsFromString('--no-incremental-marking');
  // The last of the compilers, which works long beside the program, is for what goes on for seconds.
  // Engines of these versions (Node 22 to 24) know the option; others would complain.
  if (/^1[23]\./.test(process.versions.v8))
    setFlagsFromString('--invocation-count-for-turbofan=20000');
}

/** The user's own, because what is there is run; beside what Node keeps of other files. */
function codeFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? '';
  return join(cache === '' ? join(homedir(), '.cache') : cache, 'live-migrate', 'code');
}

function codeName(file: string, use = ''): string {
  const uses = /^[a-z][a-z-]{0,31}$/.test(use) ? `-${use}` : '';
  return `${basename(file, '.cjs')}${uses}-v8-${process.versions.v8}-${process.arch}-`;
}

/** The code of one bundle for one use, in a file. */
class KeptCode {
  /** Code of exactly this bundle, undamaged. */
  readonly code: Buffer | undefined;
  /** Bytes that were compiled in the process that it was taken from; 0 without it. */
  readonly compiled: number = 0;
  private readonly folder: string;
  /** How files with the code of other builds begin. */
  private readonly name: string;
  private readonly file: string;

  constructor(folder: string, name: string, sourceSum: number) {
    this.folder = folder;
    this.name = name;
    this.file = join(folder, name + sourceSum.toString(16));
    const known = contentOf(this.file);
    if (known === undefined || known.length <= headerLength) return;
    const code = known.subarray(headerLength);
    if (known.readUInt32LE(0) !== checksum(code)) return;
    this.compiled = known.readUInt32LE(4);
    this.code = code;
  }

  /** To see whether there is more takes some milliseconds: not in every run of a busy minute. */
  isDue(): boolean {
    if (this.code === undefined) return true;
    try {
      return Date.now() - statSync(this.file).mtimeMs > lookEvery;
    } catch {
      return true;
    }
  }

  touch(): void {
    try {
      utimesSync(this.file, new Date(), new Date());
    } catch {
      // It is looked at again the next time.
    }
  }

  write(code: Buffer): void {
    if (!hasChecksums) return;
    const header = Buffer.alloc(headerLength);
    header.writeUInt32LE(checksum(code), 0);
    header.writeUInt32LE(compiledBytes(), 4);
    const draft = `${this.file}.${process.pid.toString()}`;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      writeFileSync(draft, Buffer.concat([header, code]), { mode: 0o600 });
      renameSync(draft, this.file);
      this.removeOldest();
    } catch {
      // A home that cannot be written to costs time, and nothing else.
      remove(draft);
    }
  }

  private removeOldest(): void {
    const builds = readdirSync(this.folder)
      .filter((name) => name.startsWith(this.name))
      .map((name) => join(this.folder, name))
      .map((file) => ({ file, at: statSync(file).mtimeMs }))
      .sort((one, other) => other.at - one.at);
    for (const { file } of builds.slice(keptBuilds)) remove(file);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It is not there, or there to stay.
  }
}

/** Bytes of all that the engine has compiled in this process, Node’s own modules included. */
function compiledBytes(): number {
  return getHeapCodeStatistics().bytecode_and_metadata_size;
}

/** Node 20.15 and 22.2 brought it; before them nothing is kept. */
const hasChecksums = 'crc32' in zlib;

function checksum(content: Buffer): number {
  return hasChecksums ? zlib.crc32(content) : 0;
}

function contentOf(file: string): Buffer | undefined {
  if (!hasChecksums) return undefined;
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
