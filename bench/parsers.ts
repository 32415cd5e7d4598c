/** The parsers in this process, beside those that do the same. */
import { SaxesParser } from 'saxes';
import { parseDocument } from 'yaml';
import { loadDescriptor } from '../core/descriptor/load.ts';
import { diagnose } from '../core/service/diagnose.ts';
import { createParseCache } from '../core/service/parse-cache.ts';
import type { Workspace } from '../core/service/workspace.ts';
import { parseXml } from '../core/xml/parse.ts';
import { parseYaml } from '../core/yaml/parse.ts';
import { domainXmlOf, migrationOf } from './documents.ts';
import { median, printTable } from './statistics.ts';
import type { Goal } from './statistics.ts';

export function benchParsers(rounds: number): { figures: Record<string, number>; goals: Goal[] } {
  const figures: Record<string, number> = {};
  const rows: (string | number)[][] = [];
  for (const lines of [200, 5000]) {
    const xml = domainXmlOf(lines);
    const yaml = migrationOf(lines);
    const halfTyped = yaml.replace('storage:', 'stor\nstorage:');
    const tasks: Readonly<Record<string, (round: number) => unknown>> = {
      'parseXml (a tree with ranges)': () => parseXml(xml),
      'saxes (events)': () => {
        const parser = new SaxesParser();
        parser.write(xml).close();
      },
      'domain XML: parse, read, check': (round) =>
        checked('mem:/a.domain.xml', `${xml}${' '.repeat((round + 700) % 7)}`),
      'parseYaml (a tree with ranges)': () => parseYaml(yaml),
      'parseYaml, one line half typed': () => parseYaml(halfTyped),
      'yaml parseDocument': () => parseDocument(yaml, { keepSourceTokens: true }),
      'migration: parse and bind': () => loadDescriptor('mem:/a.migration.yaml', yaml),
      'migration: parse, bind, check': (round) =>
        checked('mem:/a.migration.yaml', `${yaml}#${' '.repeat((round + 700) % 7)}`),
    };
    for (const [name, took] of interleaved(tasks, rounds)) {
      figures[`parse/${name}/${String(lines)}`] = median(took);
      rows.push([name, lines, median(took)]);
    }
  }
  printTable('In this process (ms)', [['', 'lines', 'median'], ...rows]);
  return { figures, goals: [] };
}

function interleaved(
  tasks: Readonly<Record<string, (round: number) => unknown>>,
  rounds: number,
): ReadonlyMap<string, readonly number[]> {
  const took = new Map(Object.keys(tasks).map((name) => [name, [] as number[]]));
  for (let round = -Math.ceil(rounds / 4); round < rounds; round++) {
    for (const [name, task] of Object.entries(tasks)) {
      const begin = performance.now();
      task(round);
      // The first rounds are for the compiler.
      if (round >= 0) took.get(name)?.push(performance.now() - begin);
    }
  }
  return took;
}

function checked(uri: string, text: string): number {
  const workspace: Workspace = {
    read: (each) => (each === uri ? text : undefined),
    resolve: (_base, path) => path,
    inventories: () => [],
    facts: () => undefined,
    now: () => 0,
  };
  return diagnose(uri, workspace, createParseCache()).problems.length;
}
