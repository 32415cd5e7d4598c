import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { compileGrammar } from '../../core/grammar/grammar.ts';
import type { CompiledGrammar } from '../../core/grammar/grammar.ts';
import { grammarFileName, userGrammarFolder } from '../../core/grammar/library.ts';
import { command } from '../../core/virsh/command.ts';
import { reasonOf } from '../host-error.ts';
import type { HostSession } from '../session.ts';

/** Where libvirt's packages put the schemas on every distribution. */
const schemas = '/usr/share/libvirt/schemas';
/** Milliseconds. */
const timeout = 20_000;
/** Bytes of all schema files together; libvirt 11.3 has 0.7 MiB. */
const sizeLimit = 16 * 1024 * 1024;
const start = 'domain.rng';

/** Each file as its name and its text, each ended by NUL, packed for the way. */
const printSchemas = command(
  'sh',
  '-c',
  `cd ${schemas} 2>/dev/null || exit 3
for file in *.rng; do
  printf '%s\\0' "$file"; cat -- "$file"; printf '\\0'
done | gzip -c | base64`,
  'livemigrate-schemas',
);

export interface KeepOptions {
  /** Folder of kept grammars instead of the user's cache. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
}

/**
 * Reads the schemas of a host's own libvirt and keeps their grammar, so that domain XML is held
 * against what that host knows. Asks nothing when the grammar of this version is kept already.
 * @param version of the host's libvirt, three numbers
 * @returns what went wrong, in English for a log; undefined when the grammar is there
 */
export async function keepHostGrammar(
  session: HostSession,
  version: string,
  { folder = userGrammarFolder(process.env, homedir()), signal }: KeepOptions = {},
): Promise<string | undefined> {
  if (!/^\d+\.\d+\.\d+$/.test(version)) return `${version} is no version of libvirt`;
  if (existsSync(join(folder, grammarFileName(version)))) return undefined;
  try {
    const answer = await session.exec(printSchemas, {
      timeout,
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.code !== 0) return `${session.host} has no schemas in ${schemas}`;
    const packed = Buffer.from(answer.stdout, 'base64');
    const text = await promisify(gunzip)(packed, { maxOutputLength: sizeLimit });
    await keep(folder, version, compileGrammar(`libvirt ${version}`, filesIn(text), start));
    return undefined;
  } catch (error) {
    return `the schemas of ${session.host} cannot be used: ${reasonOf(error)}`;
  }
}

/**
 * The same for a libvirt that is installed on this machine; nothing where there is none.
 * @param root of the file system, for tests
 */
export async function keepInstalledGrammar(
  { folder = userGrammarFolder(process.env, homedir()) }: KeepOptions = {},
  root = '/',
): Promise<string | undefined> {
  const from = join(root, schemas);
  const version = installedVersion(root);
  if (version === undefined || !existsSync(join(from, start))) return undefined;
  if (existsSync(join(folder, grammarFileName(version)))) return undefined;
  try {
    const names = readdirSync(from).filter((name) => name.endsWith('.rng'));
    const files = new Map(names.map((name) => [name, readFileSync(join(from, name), 'utf8')]));
    await keep(folder, version, compileGrammar(`libvirt ${version}`, files, start));
    return undefined;
  } catch (error) {
    return `the schemas in ${from} cannot be used: ${reasonOf(error)}`;
  }
}

/** The library's file name tells its version: libvirt.so.0.11003.0 is 11.3.0. */
function installedVersion(root: string): string | undefined {
  for (const folder of ['usr/lib', 'usr/lib64', ...libraryFolders(root)])
    for (const name of namesIn(join(root, folder))) {
      const [, minor, patch] = /^libvirt\.so\.0\.(\d+)\.(\d+)$/.exec(name) ?? [];
      if (minor === undefined || patch === undefined) continue;
      const number = Number(minor);
      return `${Math.floor(number / 1000)}.${number % 1000}.${patch}`;
    }
  return undefined;
}

function libraryFolders(root: string): readonly string[] {
  return namesIn(join(root, 'usr/lib'))
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join('usr/lib', name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function filesIn(text: Buffer): ReadonlyMap<string, string> {
  const parts = text.toString('utf8').split('\0');
  const files = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) files.set(parts[at] ?? '', parts[at + 1] ?? '');
  return files;
}

/** Whole or not at all: a reader never sees half a file. */
async function keep(folder: string, version: string, grammar: CompiledGrammar): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, grammarFileName(version));
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(fresh, JSON.stringify(grammar), { mode: 0o600 });
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}
