/** `livemigrate check` over a folder as a whole process, beside the validators. */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { exampleXml, inventory } from './documents.ts';
import { median, printTable } from './statistics.ts';
import type { Goal } from './statistics.ts';
import { installedSchema, timedAnyhow } from './validators.ts';

const root = join(import.meta.dirname, '..');
/** Files that virt-xml-validate is run on in each round: it costs the same for each. */
const validated = 60;
/** Files that are made when no folder is given. */
const made = 400;

export interface FolderOptions {
  readonly domains: string | undefined;
  readonly rounds: number;
}

export function benchFolder(
  folder: string,
  { domains, rounds }: FolderOptions,
): { figures: Record<string, number>; goals: Goal[] } {
  const alone = join(folder, 'domains');
  const migrations = join(folder, 'migrations');
  for (const each of [alone, migrations]) mkdirSync(each, { recursive: true });
  const files = domains === undefined ? ownDomains(alone) : copied(resolve(domains), alone);
  withMigrations(files, migrations);
  const program = join(root, 'dist/livemigrate.cjs');
  const took = {
    alone: [] as number[],
    migrations: [] as number[],
    virt: [] as number[],
    xmllint: [] as number[],
    node: [] as number[],
  };
  for (let round = 0; round < rounds; round++) {
    took.node.push(timedAnyhow(process.execPath, ['-e', '0']));
    took.alone.push(timedAnyhow(process.execPath, [program, 'check', '--quiet', alone]));
    took.xmllint.push(timedAnyhow('xmllint', ['--noout', '--relaxng', installedSchema, ...files]));
    took.migrations.push(timedAnyhow(process.execPath, [program, 'check', '--quiet', migrations]));
    const some = files.filter((_, index) => index % Math.ceil(files.length / validated) === 0);
    const begin = performance.now();
    for (const file of some) timedAnyhow('virt-xml-validate', [file, 'domain']);
    took.virt.push((performance.now() - begin) / some.length);
  }
  const count = files.length;
  const virt = median(took.virt);
  const figures = {
    'check/files': count,
    'check/ms': median(took.alone),
    'check-with-migrations/ms': median(took.migrations),
    'check/node-alone-ms': median(took.node),
    'check/xmllint-ms': median(took.xmllint),
    'check/virt-xml-validate-ms-per-file': virt,
  };
  printTable(`check over ${String(count)} domain XML files as a whole process (ms)`, [
    ['', 'all files', 'per file', 'virt-xml-validate per file / this'],
    [
      'livemigrate check, domain XML: grammar, and what keeps guests from moving',
      median(took.alone),
      median(took.alone) / count,
      (virt * count) / median(took.alone),
    ],
    [
      'livemigrate check, domain XML and a migration for each',
      median(took.migrations),
      median(took.migrations) / count,
      (virt * count) / median(took.migrations),
    ],
    [
      'xmllint --relaxng, one process',
      median(took.xmllint),
      median(took.xmllint) / count,
      (virt * count) / median(took.xmllint),
    ],
    ['virt-xml-validate, a process for each', virt * count, virt, 1],
    ['(node alone)', median(took.node), '', ''],
  ]);
  return {
    figures,
    goals: [
      {
        name: 'check per file: virt-xml-validate / ours',
        value: (virt * count) / median(took.alone),
        bound: 50,
        is: 'at least',
      },
      {
        name: 'check / one xmllint process',
        value: median(took.alone) / median(took.xmllint),
        bound: 1,
        is: 'at most',
      },
    ],
  };
}

/** Variants of the example, of sizes that guests have. */
function ownDomains(folder: string): readonly string[] {
  return Array.from({ length: made }, (_, index) => {
    const name = `guest${String(index)}`;
    const disks = Array.from({ length: index % 12 }, (_each, disk) => {
      const target = `vd${String.fromCharCode(99 + disk)}`;
      return `    <disk type='file' device='disk'>\n      <driver name='qemu' type='qcow2' cache='none'/>\n      <source file='/var/lib/libvirt/images/${name}-${target}.qcow2'/>\n      <target dev='${target}' bus='scsi'/>\n    </disk>\n`;
    });
    const text = exampleXml
      .replaceAll('web01', name)
      .replace(/(?= {4}<controller type='usb')/, disks.join(''));
    const path = join(folder, `${name}.domain.xml`);
    writeFileSync(path, text);
    return path;
  });
}

function copied(from: string, to: string): readonly string[] {
  return readdirSync(from)
    .filter((name) => name.endsWith('.xml'))
    .sort()
    .map((name) => {
      const path = join(to, `${basename(name, '.xml').replace(/\.domain$/, '')}.domain.xml`);
      copyFileSync(join(from, name), path);
      return path;
    });
}

/** A migration for each of the domains, so that its rules are checked, too. */
function withMigrations(files: readonly string[], folder: string): void {
  writeFileSync(join(folder, 'hosts.migration.yaml'), inventory);
  for (const file of files) {
    const name = basename(file, '.domain.xml');
    // A folder for each: migrations of one folder are compared, and domains of tests share names.
    const own = join(folder, name);
    mkdirSync(own);
    copyFileSync(file, join(own, basename(file)));
    const domain = /<name>([^<]+)<\/name>/.exec(readFileSync(file, 'utf8'))?.[1] ?? name;
    writeFileSync(
      join(own, `${name}.migration.yaml`),
      `apiVersion: livemigrate/v1
kind: Migration
domain: ${JSON.stringify(domain)}
domainXml: ${JSON.stringify(`./${basename(file)}`)}
source: kvm01
destination: kvm02
storage:
  mode: copy-all
policy:
  bandwidth: 500MiB/s
  maxDowntime: 500ms
`,
    );
  }
}
