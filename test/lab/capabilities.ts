import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder, isMissing } from './state.ts';

/** Where libvirtd keeps what it learnt by starting each emulator once. */
const FOLDER = 'var/cache/libvirt/qemu/capabilities';

/**
 * Gives a new host what another host on the same userland has learnt about its emulators; saves it a second of work.
 * libvirtd itself checks that it still holds (times of the programs, kernel, processor) and learns anew if not.
 */
export function seedCapabilities(userland: string, seed: string): void {
  const kept = keptCapabilities(userland);
  try {
    if (existsSync(kept)) cpSync(kept, join(seed, FOLDER), { recursive: true });
  } catch (error) {
    // Another lab puts newer ones in their place at this moment.
    if (!isMissing(error)) throw error;
  }
}

/** Keeps what a host's libvirtd has learnt. @param tree the host's file tree, or the layer it writes to */
export function keepCapabilities(userland: string, tree: string): void {
  const learnt = join(tree, FOLDER);
  const kept = keptCapabilities(userland);
  if (!existsSync(learnt) || sameFiles(learnt, kept)) return;
  const temporary = `${kept}.${String(process.pid)}`;
  mkdirSync(cacheFolder(), { recursive: true });
  cpSync(learnt, temporary, { recursive: true });
  rmSync(kept, { recursive: true, force: true });
  try {
    renameSync(temporary, kept);
  } catch {
    // Another lab kept the same a moment earlier.
    rmSync(temporary, { recursive: true, force: true });
  }
}

function keptCapabilities(userland: string): string {
  return join(cacheFolder(), `capabilities-${basename(userland)}`);
}

function sameFiles(one: string, other: string): boolean {
  if (!existsSync(other)) return false;
  const names = readdirSync(one).sort();
  if (names.join('/') !== readdirSync(other).sort().join('/')) return false;
  return names.every((name) =>
    readFileSync(join(one, name)).equals(readFileSync(join(other, name))),
  );
}
