/** The example that `npm start` and the UI tests work on: a guest in the lab, and the files for it. */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Guest, Lab } from '../test/lab/lab.ts';

const examples = join(import.meta.dirname, '..', 'examples');

export interface Example {
  /** A folder of its own, made anew, with the files of `examples/` for this lab. */
  readonly folder: string;
  readonly migration: string;
  readonly guest: Guest;
  /** What makes the editor and the command line reach the lab's hosts. */
  readonly sshConfig: string;
}

/**
 * Starts the guest of the example on kvm01 and writes its workspace. The guest dirties memory and
 * writes numbered blocks to its own disk; its second disk is shareable and lies on shared storage.
 */
export async function prepareExample(lab: Lab, folder: string): Promise<Example> {
  const guest = await lab.startGuest('kvm01', {
    name: 'web01',
    memoryMiB: 160,
    dirtyMiBs: 10,
    workingSetMiB: 32,
    writer: { blocksPerSecond: 50, spanMiB: 8 },
    disks: [
      { target: 'vda', at: 'local', format: 'qcow2', sizeMiB: 64 },
      { target: 'vdb', at: 'shared', format: 'raw', sizeMiB: 8, shareable: true },
    ],
  });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(examples)) cpSync(join(examples, file), join(folder, file));
  lab.writeInventory(join(folder, 'hosts.migration.yaml'));
  const { stdout } = await lab.exec('kvm01', ['virsh', 'dumpxml', '--domain', 'web01']);
  writeFileSync(join(folder, 'web01.domain.xml'), stdout);
  return {
    folder,
    migration: join(folder, 'web01.migration.yaml'),
    guest,
    sshConfig: lab.sshConfig,
  };
}
