/** A change of domain XML in our server beside libvirt's own validator, which is a process for each look. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { domainXmlOf } from './documents.ts';
import { LanguageClient } from './language-client.ts';
import { togglingEdits } from './servers.ts';
import { median, percentile, printTable } from './statistics.ts';
import type { Goal } from './statistics.ts';

const root = join(import.meta.dirname, '..');
/** Where Debian's libvirt0 keeps the schemas. */
export const installedSchema = '/usr/share/libvirt/schemas/domain.rng';
const sizes = [200, 5000] as const;
const bounds: Readonly<Record<number, number>> = { 200: 9, 5000: 10 };

export async function benchValidators(
  folder: string,
  rounds: number,
): Promise<{ figures: Record<string, number>; goals: Goal[] }> {
  const workspace = join(folder, 'validators');
  mkdirSync(workspace, { recursive: true });
  const program = { name: 'ours', words: [join(root, 'dist/server.cjs'), '--stdio'] };
  const figures: Record<string, number> = {};
  const rows: (string | number)[][] = [];
  const goals: Goal[] = [];
  for (const lines of sizes) {
    const text = domainXmlOf(lines);
    const path = join(workspace, `domain${String(lines)}.domain.xml`);
    writeFileSync(path, text);
    const check = {
      virt: () => timedProcess('virt-xml-validate', [path, 'domain']),
      xmllint: () => timedProcess('xmllint', ['--noout', '--relaxng', installedSchema, path]),
    };
    const client = await LanguageClient.start(program, workspace);
    const took = { ours: [] as number[], virt: [] as number[], xmllint: [] as number[] };
    try {
      const uri = pathToFileURL(path).href;
      const edits = togglingEdits(text, `cache='none'`, 'o');
      let found = 0;
      await client.open(uri, text, 'libvirt-domain', (published, version) => {
        return published.uri === uri && published.version === version;
      });
      for (let round = 0; round < rounds; round++) {
        const edit = round % 2 === 0 ? edits.breaks : edits.mends;
        const time = await client.change(uri, edit, (published, version) => {
          if (published.uri !== uri || published.version !== version) return false;
          if (published.diagnostics.length > 0) found++;
          return true;
        });
        took.ours.push(time);
        took.virt.push(check.virt());
        took.xmllint.push(check.xmllint());
      }
      if (found === 0) console.log(`The server does not find the fault in ${path}.`);
    } finally {
      await client.stop();
    }
    const key = String(lines);
    figures[`xml-didChange/ours/${key}`] = median(took.ours);
    figures[`xml-didChange-p95/ours/${key}`] = percentile(took.ours, 0.95);
    figures[`virt-xml-validate/${key}`] = median(took.virt);
    figures[`xmllint/${key}`] = median(took.xmllint);
    const ratio = median(took.virt) / median(took.ours);
    rows.push([
      `${key} lines`,
      median(took.ours),
      percentile(took.ours, 0.95),
      median(took.virt),
      median(took.xmllint),
      ratio,
    ]);
    goals.push({
      name: `XML didChange ${key}: virt-xml-validate / ours`,
      value: ratio,
      bound: bounds[lines] ?? 0,
      is: 'at least',
    });
  }
  printTable('Domain XML: didChange to diagnostics beside a validator’s process (ms)', [
    ['', 'ours', 'ours p95', 'virt-xml-validate', 'xmllint', 'virt-xml-validate / ours'],
    ...rows,
  ]);
  return { figures, goals };
}

/** Milliseconds of a process that must find its file valid. */
function timedProcess(command: string, words: readonly string[]): number {
  const begin = performance.now();
  execFileSync(command, [...words], { stdio: 'ignore', timeout: 60_000 });
  return performance.now() - begin;
}

/** Milliseconds of a process, whatever it says of its files. */
export function timedAnyhow(command: string, words: readonly string[]): number {
  const begin = performance.now();
  const { error, signal } = spawnSync(command, [...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 600_000,
    maxBuffer: 512 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (signal !== null) throw new Error(`${command} ended with ${signal}`);
  return performance.now() - begin;
}
