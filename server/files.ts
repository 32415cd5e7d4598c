import { readFileSync, readdirSync, statSync } from 'node:fs';

/** Bytes above which a file is cut: the parsers refuse what is longer than their own limits. */
const readLimit = 32 * 1024 * 1024;
/** Entries of one folder that are looked at for inventories. */
const folderLimit = 5000;

/** Text files on disk, read again only when their time or size has changed. */
export interface Files {
  /** The text; undefined for what is missing, not readable, or no regular file. */
  read(path: string): string | undefined;
  /** Names in a folder; empty when it cannot be listed. */
  list(folder: string): readonly string[];
}

export function diskFiles(): Files {
  const texts = new Map<string, { stamp: string; text: string | undefined }>();
  return {
    read(path) {
      const stamp = stampOf(path);
      if (stamp === undefined) {
        texts.delete(path);
        return undefined;
      }
      const entry = texts.get(path);
      if (entry?.stamp === stamp) return entry.text;
      const text = readText(path);
      if (texts.size >= 8192) texts.clear();
      texts.set(path, { stamp, text });
      return text;
    },
    list(folder) {
      try {
        return readdirSync(folder).slice(0, folderLimit);
      } catch {
        return [];
      }
    },
  };
}

/** Changes whenever the content may have; undefined unless it is a regular file (never a pipe). */
function stampOf(path: string): string | undefined {
  try {
    const stat = statSync(path, { bigint: true });
    return stat.isFile()
      ? `${String(stat.mtimeNs)}:${String(stat.size)}:${String(stat.ino)}`
      : undefined;
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    const bytes = readFileSync(path);
    return bytes.subarray(0, readLimit).toString('utf8');
  } catch {
    return undefined;
  }
}
