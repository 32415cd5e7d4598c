import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { compileGrammar } from '../../core/grammar/grammar.ts';
import { grammarFileName, userGrammarFolder } from '../../core/grammar/library.ts';
import { command } from '../../core/virsh/command.ts';
import { reasonOf } from '../host-error.ts';
import type { HostSession } from '../session.ts';
import { schemaFolder, start } from './installed-schemas.ts';
import { keepGrammar } from './keep-grammar.ts';

/** Milliseconds. */
const timeout = 20_000;
/** Bytes of all schema files together; libvirt 11.3 has 0.7 MiB. */
const sizeLimit = 16 * 1024 * 1024;

/** Each file as its name and its text, each ended by NUL, packed for the way. */
const printSchemas = command(
  'sh',
  '-c',
  `cd ${schemaFolder} 2>/dev/null || exit 3
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
    if (answer.code !== 0) return `${session.host} has no schemas in ${schemaFolder}`;
    const packed = Buffer.from(answer.stdout, 'base64');
    const text = await promisify(gunzip)(packed, { maxOutputLength: sizeLimit });
    await keepGrammar(folder, version, compileGrammar(`libvirt ${version}`, filesIn(text), start));
    return undefined;
  } catch (error) {
    return `the schemas of ${session.host} cannot be used: ${reasonOf(error)}`;
  }
}

function filesIn(text: Buffer): ReadonlyMap<string, string> {
  const parts = text.toString('utf8').split('\0');
  const files = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) files.set(parts[at] ?? '', parts[at + 1] ?? '');
  return files;
}
