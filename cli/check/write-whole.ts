import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file whole or not at all: under another name in the same folder, then renamed. The
 * mode of the file stays, and a symbolic link goes on leading to it. Throws what the file system
 * says.
 */
export function writeWhole(path: string, text: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  const target = stat === undefined ? path : realpathSync(path);
  const draft = join(dirname(target), `.${basename(target)}.${String(process.pid)}.tmp`);
  const bytes = Buffer.from(text, 'utf8');
  try {
    // Exclusive: whatever has this name already is not ours to follow or to write over.
    const file = openSync(draft, 'wx', stat === undefined ? 0o666 : stat.mode & 0o777);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') rmSync(draft, { force: true });
    throw error;
  }
}
