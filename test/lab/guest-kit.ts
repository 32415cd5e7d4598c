import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { type Entry, initramfs } from './initramfs.ts';
import { locked } from './lock.ts';
import { must } from './process.ts';
import { cacheFolder } from './state.ts';
import { KERNEL_FOLDER, KIT_SUITE, ensureUserland, inUse, userlandPath } from './userland.ts';

/** Where every host sees the kit (read-only), so that a domain's kernel exists on the destination too. */
export const KIT_ON_HOST = { kernel: '/srv/lab/kernel', initrd: '/srv/lab/initrd.gz' } as const;

const WORKLOAD = fileURLToPath(new URL('workload.c', import.meta.url));
/** The cloud kernel's drivers that are modules; the workload loads them in its own order. */
const MODULES = [
  'drivers/block/virtio_blk',
  'net/core/failover',
  'drivers/net/net_failover',
  'drivers/net/virtio_net',
];
/** Raise when what goes into the kit changes without the workload or the userland changing. */
const RECIPE = 2;

/** Path of the guest's kernel and initramfs in the cache. */
export function kitPath(): string {
  const recipe = `${String(RECIPE)} ${userlandPath(KIT_SUITE)} ${readFileSync(WORKLOAD, 'utf8')}`;
  const key = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  return join(cacheFolder(), `kit-${key}`);
}

/** Makes the guest's kernel and initramfs unless they are in the cache, and returns their folder. */
export async function ensureGuestKit(say: (line: string) => void): Promise<string> {
  const path = kitPath();
  if (existsSync(path)) return path;
  const userland = await ensureUserland(KIT_SUITE, say);
  return await locked(join(cacheFolder(), '.lock-kit'), 120_000, async () => {
    if (existsSync(path)) return path;
    for (const name of readdirSync(cacheFolder())) {
      const old = join(cacheFolder(), name);
      const stale = name.startsWith('.kit-') || (name.startsWith('kit-') && !inUse(old));
      if (stale) rmSync(old, { recursive: true, force: true });
    }
    const building = join(cacheFolder(), `.kit-${String(process.pid)}`);
    mkdirSync(building);
    await build(userland, building);
    renameSync(building, path);
    say('the guest’s kernel and workload are made');
    return path;
  });
}

async function build(userland: string, target: string): Promise<void> {
  copyFileSync(WORKLOAD, join(target, 'workload.c'));
  // In a mount namespace of its own, so that the cached userland stays as it is and no mount is left.
  const compile =
    'mount --make-rprivate / && mount --bind "$2" "$1/mnt" && ' +
    'exec chroot "$1" tcc -Wall -Werror -O2 -o /mnt/workload /mnt/workload.c';
  await must(['unshare', '--mount', 'sh', '-c', compile, 'compile', userland, target], {
    timeoutMs: 60_000,
  });
  const kernel = join(userland, KERNEL_FOLDER);
  const image = readdirSync(join(kernel, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  if (image === undefined) throw new Error(`no kernel in ${kernel}/boot`);
  writeFileSync(join(target, 'kernel'), unpacked(readFileSync(join(kernel, 'boot', image))));

  const release = image.slice('vmlinuz-'.length);
  const modules = join(kernel, 'usr/lib/modules', release, 'kernel');
  const libraries = join(userland, 'usr/lib/x86_64-linux-gnu');
  const file = (path: string, from: string, executable = false): Entry => ({
    path,
    type: 'file',
    data: readFileSync(from),
    executable,
  });
  const folder = (path: string): Entry => ({ path, type: 'folder' });
  const entries: Entry[] = [
    folder('dev'),
    // The kernel opens it for init before anything is mounted.
    { path: 'dev/console', type: 'device', major: 5, minor: 1 },
    folder('proc'),
    folder('modules'),
    ...MODULES.map((module) =>
      file(`modules/${module.replace(/.*\//, '')}.ko.xz`, join(modules, `${module}.ko.xz`)),
    ),
    folder('lib64'),
    file('lib64/ld-linux-x86-64.so.2', join(libraries, 'ld-linux-x86-64.so.2'), true),
    folder('lib'),
    folder('lib/x86_64-linux-gnu'),
    file('lib/x86_64-linux-gnu/libc.so.6', join(libraries, 'libc.so.6'), true),
    file('init', join(target, 'workload'), true),
  ];
  writeFileSync(join(target, 'initrd.gz'), initramfs(entries));
  rmSync(join(target, 'workload'));
}

/**
 * The ELF kernel inside a bzImage (Linux, Documentation/arch/x86/boot.rst), which QEMU starts through PVH: unpacking it
 * in the guest would cost two seconds of emulation at every start. A kernel packed otherwise than Debian's stays as it is.
 */
function unpacked(image: Buffer): Buffer {
  const setupSectors = image.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248);
  // The last four bytes of the payload are its unpacked size, not part of the stream.
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c) - 4);
  return payload.readUInt32LE(0) === 0xfd2fb528 ? zstdDecompressSync(payload) : image;
}
