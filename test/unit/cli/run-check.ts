/** `livemigrate check` in this process, in a folder of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { english, render } from '../../../core/messages.ts';
import { check } from '../../../cli/commands/check.ts';

export interface Result {
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly notes: readonly string[];
}

/** A folder with these files, removed when the callback has ended. */
export async function inFolder(
  files: Readonly<Record<string, string | Buffer>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'livemigrate-check-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the command with these words; rejects with UsageError where the program would end with 2. */
export async function runCheck(folder: string, ...words: string[]): Promise<Result> {
  const { values, positionals } = parseArgs({
    args: words,
    options: check.options,
    allowPositionals: true,
  });
  const out: string[] = [];
  const notes: string[] = [];
  const code = await check.run({
    values,
    positionals,
    folder,
    environment: {},
    signal: new AbortController().signal,
    terminal: {
      translate: english,
      out: (line) => out.push(line),
      note: (line) => notes.push(line),
      progress: () => undefined,
      interactive: false,
      say: (message) => render(message),
    },
  });
  return { code, out: out.join('\n'), notes };
}

/** Finds `file:code` of each finding. */
export async function findings(folder: string, ...words: string[]): Promise<readonly string[]> {
  const { out } = await runCheck(folder, ...words, '--format', 'json');
  const found = JSON.parse(out) as { file: string; code: string }[];
  return found.map(({ file, code }) => `${file}:${code}`);
}

export const inventory = `apiVersion: livemigrate/v1
kind: HostInventory
hosts:
  - { name: kvm01, uri: 'qemu+ssh://root@kvm01/system' }
  - { name: kvm02, uri: 'qemu+ssh://root@kvm02/system' }
`;

export const domainXml = `<domain type='kvm'>
  <name>web</name>
  <memory unit='KiB'>1048576</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='none'/>
      <source file='/srv/quorum.raw'/>
      <target dev='vdb' bus='virtio'/>
      <shareable/>
    </disk>
  </devices>
</domain>
`;

/** One finding: a disk that several guests share is copied. */
export const migration = `apiVersion: livemigrate/v1
kind: Migration
domain: web
domainXml: ./web.domain.xml
source: kvm01
destination: kvm02
storage:
  mode: mixed
  disks:
    - target: vdb
      action: copy
`;

export const files = {
  'hosts.migration.yaml': inventory,
  'web.domain.xml': domainXml,
  'web.migration.yaml': migration,
};
