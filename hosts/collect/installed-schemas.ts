import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { grammarFileName, userGrammarFolder } from '../../core/grammar/library.ts';
import { reasonOf } from '../host-error.ts';

/** Where libvirt's packages put the schemas on every distribution. */
export const schemaFolder = '/usr/share/libvirt/schemas';
/** The schema of domain XML; it includes others. */
export const start = 'domain.rng';

/**
 * Keeps the grammar of a libvirt that is installed on this machine; nothing where there is none, or
 * when it is kept already. What that takes is loaded only then: it is asked at every start.
 * @param root of the file system, for tests
 * @returns what went wrong, in English for a log; undefined when the grammar is there
 */
export async function keepInstalledGrammar(
  { folder = userGrammarFolder(process.env, homedir()) }: { readonly folder?: string } = {},
  root = '/',
): Promise<string | undefined> {
  const from = join(root, schemaFolder);
  if (!existsSync(join(from, start))) return undefined;
  const version = installedVersion(root);
  if (version === undefined) return undefined;
  if (existsSync(join(folder, grammarFileName(version)))) return undefined;
  try {
    const { compileGrammar } = await import('../../core/grammar/grammar.ts');
    const { keepGrammar } = await import('./keep-grammar.ts');
    const names = readdirSync(from).filter((name) => name.endsWith('.rng'));
    const files = new Map(names.map((name) => [name, readFileSync(join(from, name), 'utf8')]));
    await keepGrammar(folder, version, compileGrammar(`libvirt ${version}`, files, start));
    return undefined;
  } catch (error) {
    return `the schemas in ${from} cannot be used: ${reasonOf(error)}`;
  }
}

/** The library's file name tells its version: libvirt.so.0.11003.0 is 11.3.0. */
function installedVersion(root: string): string | undefined {
  for (const folder of ['usr/lib', 'usr/lib64', ...libraryFolders(root)]) {
    // By the link that programs load it by: the folder itself may hold thousands of names.
    const name = linkedTo(join(root, folder, 'libvirt.so.0'));
    const [, minor, patch] = /(?:^|\/)libvirt\.so\.0\.(\d+)\.(\d+)$/.exec(name) ?? [];
    if (minor === undefined || patch === undefined) continue;
    const number = Number(minor);
    return `${Math.floor(number / 1000)}.${number % 1000}.${patch}`;
  }
  return undefined;
}

function linkedTo(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
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
