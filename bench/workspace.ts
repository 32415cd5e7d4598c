/** A workspace of 500 migrations that share one inventory: one edit of it concerns all. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { inventory } from './documents.ts';
import { LanguageClient } from './language-client.ts';
import { togglingEdits } from './servers.ts';
import { median, percentile, printTable } from './statistics.ts';
import type { Goal } from './statistics.ts';

const root = join(import.meta.dirname, '..');
const descriptors = 500;

export async function benchWorkspace(
  folder: string,
  rounds: number,
): Promise<{ figures: Record<string, number>; goals: Goal[] }> {
  const workspace = join(folder, 'workspace');
  const uris = writeWorkspace(workspace);
  const program = { name: 'ours', words: [join(root, 'dist/server.cjs'), '--stdio'] };
  const client = await LanguageClient.start(program, workspace);
  const took: number[] = [];
  let first: number;
  let memory: number;
  try {
    const uri = pathToFileURL(join(workspace, 'hosts.migration.yaml')).href;
    const edits = togglingEdits(inventory, 'name: kvm02', '2');
    // The files of the workspace are looked through when the client is there; then all are quiet.
    first = await client.open(uri, inventory, 'live-migration', ({ uri: about }) => about === uri);
    await pause(3000);
    for (let round = 0; round < rounds; round++) {
      const broken = round % 2 === 0;
      const left = new Set(uris);
      const edit = broken ? edits.breaks : edits.mends;
      took.push(
        await client.change(uri, edit, (published) => {
          const unknown = published.diagnostics.some(({ code }) => code === 'host-unknown');
          if (unknown === broken) left.delete(published.uri);
          return left.size === 0;
        }),
      );
    }
    await pause(500);
    memory = client.memory();
  } finally {
    await client.stop();
  }
  printTable(
    `${String(descriptors)} migrations share one inventory: one edit of it, until all are told (ms)`,
    [
      ['median', 'p95', 'inventory opened', 'memory, MiB'],
      [median(took), percentile(took, 0.95), first, memory],
    ],
  );
  return {
    figures: {
      'workspace/recheck': median(took),
      'workspace/recheck-p95': percentile(took, 0.95),
      'workspace/memory': memory,
    },
    goals: [
      {
        name: 'workspace: re-check of 500 after an edit, ms',
        value: median(took),
        bound: 100,
        is: 'at most',
      },
    ],
  };
}

/** The migrations' URIs. Each has a domain XML of its own. */
function writeWorkspace(workspace: string): readonly string[] {
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(workspace, 'hosts.migration.yaml'), inventory);
  return Array.from({ length: descriptors }, (_, index) => {
    const name = `guest${String(index).padStart(3, '0')}`;
    writeFileSync(join(workspace, `${name}.domain.xml`), domainXml(name));
    const path = join(workspace, `${name}.migration.yaml`);
    writeFileSync(
      path,
      `apiVersion: livemigrate/v1
kind: Migration
domain: ${name}
domainXml: ./${name}.domain.xml
source: kvm01
destination: kvm02
storage:
  mode: mixed
  disks:
    - target: vda
      action: copy
policy:
  bandwidth: 500MiB/s
  maxDowntime: 500ms
`,
    );
    return pathToFileURL(path).href;
  });
}

function domainXml(name: string): string {
  return `<domain type='kvm'>
  <name>${name}</name>
  <memory unit='KiB'>1048576</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source file='/var/lib/libvirt/images/${name}.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
  </devices>
</domain>
`;
}
