import { closeSync, constants, fstatSync, openSync, readSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Bytes of a file that are read; the parsers refuse what is longer than their own bounds. */
const readLimit = 32 * 1024 * 1024;
/** UTF-16 code units of texts that are kept. */
const keptText = 128 * 1024 * 1024;

/** Files of this machine, as a workspace needs them. */
export interface TextFiles {
  /** The text of a regular file, by URI; undefined for anything else. */
  read(uri: string): string | undefined;
  /** Names in a folder, sorted; none when it cannot be listed. */
  list(folder: string): readonly string[];
}

/** Files as they are each time they are asked for. */
export const currentFiles: TextFiles = {
  read: (uri) => (uri.startsWith('file:') ? readText(uri) : undefined),
  list(folder) {
    try {
      return readdirSync(folder).sort();
    } catch {
      return [];
    }
  },
};

/**
 * Files as they were when they were first asked for: one look at them is one state of them, and a
 * file that several migrations refer to is read once.
 * @param texts what was read of some of them already, by URI
 */
export function filesOnce(texts: ReadonlyMap<string, string>): TextFiles {
  const read = new Map<string, string | undefined>();
  const lists = new Map<string, readonly string[]>();
  let length = 0;
  return {
    read(uri) {
      const given = texts.get(uri);
      if (given !== undefined) return given;
      if (read.has(uri)) return read.get(uri);
      const text = currentFiles.read(uri);
      length += text?.length ?? 0;
      if (length > keptText) {
        read.clear();
        length = text?.length ?? 0;
      }
      read.set(uri, text);
      return text;
    },
    list(folder) {
      const known = lists.get(folder);
      if (known !== undefined) return known;
      const found = currentFiles.list(folder);
      lists.set(folder, found);
      return found;
    },
  };
}

/** Only regular files are read: opening a pipe must not wait, and reading a device would never end. */
function readText(uri: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(fileURLToPath(uri), constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    if (!stat.isFile()) return undefined;
    const buffer = Buffer.allocUnsafe(Math.min(stat.size, readLimit));
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(file, buffer, length, buffer.length - length, length);
    }
    return buffer.toString('utf8', 0, length);
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
