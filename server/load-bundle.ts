import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { getHeapCodeStatistics, setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import * as zlib from 'node:zlib';

/** How much more has to be compiled than was kept, to be kept as well: runs call different parts. */
const growth = 1.03;
/** Milliseconds after which a service has done what it does in every session. */
const settled = 15_000;
/**
 * Bytes before the code: checksums of the bundle and of the code, and how much was compiled in the
 * process that it was taken from.
 */
const headerLength = 16;

/**
 * Loads a CommonJS bundle, with the code that the engine made of it in an earlier run, and keeps that of
 * this one. Node's own cache holds only what is compiled while a file is loaded, which is little: what
 * is called later would be compiled again in each run, and short runs spend a third of their time on it.
 *
 * The engine does not look at what it is given, so that everything is held against a checksum first.
 * Where nothing can be kept, or what was kept cannot be used, the bundle is compiled as ever.
 * @param file absolute path of the bundle
 * @param use what a program that will end is called for: code is kept for each use by itself, at its
 *   end. Undefined for a service: its code is kept a while after it began
 * @returns what the bundle exports
 */
export function loadBundle(file: string, use?: string): unknown {
  // Else what only the beginning of a run needs would be gone at its end.
  if (use !== undefined) setFlagsFromString('--no-flush-bytecode');
  const source = readFileSync(file);
  const kept = new KeptCode(codeFile(file, use), source);
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
  const keep = (): void => {
    if (compiledBytes() > growth * known) kept.write(script.createCachedData());
  };
  if (use === undefined) setTimeout(keep, settled).unref();
  else
    process.once('exit', (code) => {
      // Words that mean nothing are no use.
      if (code === 0 || code === 1) keep();
    });
  return made.exports;
}

/** In the user's own folder, because it is run: beside what Node keeps of other files. */
function codeFile(file: string, use = ''): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? '';
  const folder = join(cache === '' ? join(homedir(), '.cache') : cache, 'live-migrate', 'code');
  const { v8 } = process.versions;
  const uses = /^[a-z][a-z-]{0,31}$/.test(use) ? `-${use}` : '';
  return join(folder, `${basename(file, '.cjs')}${uses}-v8-${v8}-${process.arch}`);
}

/** The code of one bundle for one use, in a file. */
class KeptCode {
  /** Code of exactly this bundle, undamaged. */
  readonly code: Buffer | undefined;
  /** Bytes that were compiled in the process that it was taken from; 0 without it. */
  readonly compiled: number = 0;
  private readonly file: string;
  private readonly sourceSum: number;

  constructor(file: string, source: Buffer) {
    this.file = file;
    this.sourceSum = checksum(source);
    const known = contentOf(file);
    if (known === undefined || known.length <= headerLength) return;
    const code = known.subarray(headerLength);
    if (known.readUInt32LE(0) !== this.sourceSum || known.readUInt32LE(4) !== checksum(code))
      return;
    this.compiled = known.readUInt32LE(8);
    this.code = code;
  }

  write(code: Buffer): void {
    if (!hasChecksums) return;
    const header = Buffer.alloc(headerLength);
    header.writeUInt32LE(this.sourceSum, 0);
    header.writeUInt32LE(checksum(code), 4);
    header.writeUInt32LE(compiledBytes(), 8);
    const draft = `${this.file}.${process.pid.toString()}`;
    try {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      writeFileSync(draft, Buffer.concat([header, code]), { mode: 0o600 });
      renameSync(draft, this.file);
    } catch {
      // A home that cannot be written to costs time, and nothing else.
      removed(draft);
    }
  }
}

function removed(file: string): void {
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
