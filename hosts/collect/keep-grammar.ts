import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompiledGrammar } from '../../core/grammar/grammar.ts';
import { grammarFileName } from '../../core/grammar/library.ts';

/** Keeps a grammar as a file, whole or not at all: a reader never sees half of it. */
export async function keepGrammar(
  folder: string,
  version: string,
  grammar: CompiledGrammar,
): Promise<void> {
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
