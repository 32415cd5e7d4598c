import { randomBytes } from 'node:crypto';
import type { FactsSnapshot, ImageFacts } from '../../core/facts/snapshot.ts';
import {
  lookForProbeCommand,
  makeProbeCommand,
  removeProbeCommand,
} from '../../core/virsh/storage-probe.ts';
import type { HostSession } from '../session.ts';

/** The two ends of a migration, by their names in the snapshot. */
export interface ProbeRequest {
  readonly snapshot: FactsSnapshot;
  readonly source: HostSession;
  readonly destination: HostSession;
  readonly signal: AbortSignal;
}

/**
 * Proves on request that files lie on one storage: for each image file that both hosts have at one
 * path, a file is made beside it on the source, looked for on the destination and removed. Only a
 * sighting changes anything: the destination's image is then marked as `probed`. A folder that may
 * not be written stays as it was.
 */
export async function probeStorage(request: ProbeRequest): Promise<FactsSnapshot> {
  const { snapshot, source, destination } = request;
  const [here, there] = [snapshot.hosts[source.host], snapshot.hosts[destination.host]];
  if (here === undefined || there === undefined) return snapshot;
  const images = { ...there.images };
  for (const [path, answer] of Object.entries(there.images)) {
    const own = Object.hasOwn(here.images, path) ? here.images[path] : undefined;
    if (own?.ok !== true || !answer.ok || !mayBeOne(own.value, answer.value)) continue;
    if (await isSeen(path, request)) {
      images[path] = { ...answer, value: { ...answer.value, probed: true } };
    }
  }
  return { ...snapshot, hosts: { ...snapshot.hosts, [there.name]: { ...there, images } } };
}

/** Different inodes are different files, or a file system that tells nothing by them. */
function mayBeOne(a: ImageFacts, b: ImageFacts): boolean {
  return a.kind === 'file' && b.kind === 'file' && a.inode !== undefined && a.inode === b.inode;
}

async function isSeen(
  image: string,
  { source, destination, signal }: ProbeRequest,
): Promise<boolean> {
  const token = randomBytes(16).toString('hex');
  const options = { timeout: 30_000, signal };
  const made = await source.exec(makeProbeCommand(image, token), options);
  const [file = '', imageName = ''] = made.stdout.split('\n');
  if (made.code !== 0 || file === '') return false;
  try {
    const probe = { file, imageName, token };
    const { code, stdout } = await destination.exec(lookForProbeCommand(image, probe), options);
    return code === 0 && stdout.trim() === 'seen';
  } finally {
    // Whatever happened meanwhile: no file of ours stays.
    await source.exec(removeProbeCommand(image, file), { timeout: 30_000 });
  }
}
