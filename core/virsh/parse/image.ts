/** One line of `stat -L -c '%f %i %d %.9Y %s %b %B %t %T'`. */
export interface FileStat {
  readonly kind: 'file' | 'block' | 'directory' | 'other';
  readonly inode: string;
  readonly device: string;
  readonly modified: string;
  readonly size: number;
  readonly allocated: number;
}

const kinds: Readonly<Record<number, FileStat['kind']>> = {
  0o100000: 'file',
  0o060000: 'block',
  0o040000: 'directory',
};

export function parseStat(text: string): FileStat | undefined {
  const match = /^([0-9a-f]+) (\d+) (\d+) (-?\d+(?:\.\d+)?) (\d+) (\d+) (\d+) \S+ \S+$/.exec(
    text.trim(),
  );
  if (match === null) return undefined;
  const [, mode = '', inode = '', device = '', modified = '', size, blocks, blockSize] = match;
  return {
    kind: kinds[Number.parseInt(mode, 16) & 0o170000] ?? 'other',
    inode,
    device,
    modified,
    size: Number(size),
    allocated: Number(blocks) * Number(blockSize),
  };
}

/** `stat -f -c '%i %a %S'`: file-system id, and bytes free for an unprivileged writer. */
export function parseStatfs(
  text: string,
): { readonly id: string; readonly available: number } | undefined {
  const match = /^([0-9a-f]+) (\d+) (\d+)$/.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  return { id: match[1], available: Number(match[2]) * Number(match[3]) };
}

/** What /sys says of a block device: bytes (its `size` counts sectors of 512), and who it is. */
export function parseBlockDevice(
  text: string,
): { readonly size: number; readonly identity: string | undefined } | undefined {
  const size = /^size (\d+)$/m.exec(text)?.[1];
  if (size === undefined) return undefined;
  const identity = /^identity (.*\S)\s*$/m.exec(text)?.[1];
  return { size: Number(size) * 512, identity };
}

/** One layer of an image as `qemu-img info --output=json` tells it. */
export interface ImageLayer {
  readonly virtualSize: number;
  readonly format: string;
  /** The name of the next layer as qemu-img resolved it, else as written. */
  readonly backing: string | undefined;
}

/** Reads one JSON object; warnings of qemu-img around it are passed over. */
export function parseImageInfo(text: string): ImageLayer | undefined {
  const lines = text.split('\n');
  const [first, last] = [lines.indexOf('{'), lines.lastIndexOf('}')];
  const info = parseJson(lines.slice(first, last + 1).join('\n'));
  if (typeof info !== 'object' || info === null) return undefined;
  const { 'virtual-size': size, format } = info as Record<string, unknown>;
  const named = info as Record<string, unknown>;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || typeof format !== 'string')
    return undefined;
  const backing = named['full-backing-filename'] ?? named['backing-filename'];
  return { virtualSize: size, format, backing: typeof backing === 'string' ? backing : undefined };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
