import { appendFile, mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { say } from '../../core/messages.ts';
import { HostError, reasonOf } from '../host-error.ts';
import type { KnownHostsText } from './known-hosts.ts';

const maxBytes = 16 * 1024 * 1024;

/**
 * The texts of known_hosts files. A file that is not there knows nobody; one that is there but
 * cannot be read might know that a key is wrong, so it throws HostError `known-hosts-unreadable`.
 */
export async function readKnownHosts(
  host: string,
  paths: readonly string[],
): Promise<readonly KnownHostsText[]> {
  const texts: KnownHostsText[] = [];
  for (const path of paths) {
    const text = await readOne(host, path);
    if (text !== undefined) texts.push({ path, text });
  }
  return texts;
}

async function readOne(host: string, path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    // /dev/null is the usual way to say “no file”.
    if (found.isCharacterDevice()) return undefined;
    if (!found.isFile() || found.size > maxBytes) throw new Error('not a file of at most 16 MiB');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new HostError(
      'known-hosts-unreadable',
      host,
      say(
        'The host keys in {1} cannot be read, so {0} cannot be told from an impostor: {2}. Make the file readable.',
        host,
        path,
        reasonOf(error),
      ),
      { cause: error },
    );
  }
}

/** Adds a line at the end; makes file (600) and folder (700) when missing. Throws what the system throws. */
export async function appendKnownHost(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const joint = (await endsInsideLine(path)) ? '\n' : '';
  await appendFile(path, `${joint}${line}\n`, { mode: 0o600, flush: true });
}

/** A file whose last line has no end would swallow the new one. */
async function endsInsideLine(path: string): Promise<boolean> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
  try {
    const { size } = await file.stat();
    if (size === 0) return false;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 0x0a;
  } finally {
    await file.close();
  }
}
