import { gzipSync } from 'node:zlib';

/** A file, folder or device node of an initramfs; `path` has no leading slash. */
export type Entry =
  | { readonly path: string; readonly type: 'folder' }
  | {
      readonly path: string;
      readonly type: 'file';
      readonly data: Uint8Array;
      readonly executable?: boolean;
    }
  | {
      readonly path: string;
      readonly type: 'device';
      readonly major: number;
      readonly minor: number;
    };

/**
 * The entries as a compressed cpio archive in the "newc" format, which is what the kernel unpacks (its
 * Documentation/driver-api/early-userspace/buffer-format.rst). The same entries give the same bytes.
 */
export function initramfs(entries: readonly Entry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let inode = 1;
  for (const entry of entries) parts.push(record(entry, inode++));
  parts.push(record({ path: 'TRAILER!!!', type: 'file', data: new Uint8Array() }, 0));
  // Level 6: the guest unpacks it in software emulation, where a smaller file is no faster.
  return gzipSync(Buffer.concat(parts), { level: 6 });
}

function record(entry: Entry, inode: number): Uint8Array {
  const data = entry.type === 'file' ? entry.data : new Uint8Array();
  const name = Buffer.from(`${entry.path}\0`);
  const device = entry.type === 'device' ? [entry.major, entry.minor] : [0, 0];
  const fields = [
    inode,
    modeOf(entry),
    0, // uid
    0, // gid
    1, // links
    0, // time
    data.length,
    0,
    0, // device the file is on
    ...device,
    name.length,
    0, // checksum, unused in this format
  ];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return Buffer.concat([aligned(Buffer.concat([Buffer.from(header), name])), aligned(data)]);
}

function modeOf(entry: Entry): number {
  if (entry.type === 'folder') return 0o040755;
  if (entry.type === 'device') return 0o020600;
  return entry.executable === true ? 0o100755 : 0o100644;
}

/** Padded with zeros to a multiple of four bytes. */
function aligned(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  return padded;
}
