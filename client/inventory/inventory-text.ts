import { apiVersion } from '../../core/descriptor/head-fields.ts';
import { parseYaml } from '../../core/yaml/parse.ts';
import { entry } from '../../core/yaml/tree.ts';
import type { YamlSequence } from '../../core/yaml/tree.ts';

/** What the wizard asks about a host; empty answers leave their key out. */
export interface NewHost {
  readonly name: string;
  readonly address?: string;
  readonly user?: string;
  readonly port?: number;
  readonly uri?: string;
  readonly migrationAddress?: string;
}

/** Text to put at an offset of the inventory. */
export interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/** A new inventory that lists one host. */
export function newInventory(host: NewHost): string {
  const head = `apiVersion: ${apiVersion}\nkind: HostInventory\nhosts:\n`;
  return `${head}${blockItem(host, '  ')}\n`;
}

/**
 * What to insert into an inventory so that it also lists this host; comments and style of the rest
 * stay. Undefined when the file is not one that a host can be added to.
 */
export function addHost(inventory: string, host: NewHost): Insertion | undefined {
  const tree = parseYaml(inventory);
  if (tree.problems.some((problem) => problem.severity === 'error')) return undefined;
  const hosts = entry(tree.root, 'hosts');
  if (tree.root?.kind !== 'mapping' || tree.root.flow) return undefined;
  if (hosts === undefined) {
    const lead = inventory.endsWith('\n') ? '' : '\n';
    return { offset: inventory.length, text: `${lead}hosts:\n${blockItem(host, '  ')}\n` };
  }
  if (hosts.value === undefined) {
    const offset = lineEnd(inventory, hosts.key.span.end);
    return { offset, text: `\n${blockItem(host, '  ')}` };
  }
  return hosts.value.kind === 'sequence' ? intoList(inventory, hosts.value, host) : undefined;
}

function intoList(text: string, list: YamlSequence, host: NewHost): Insertion | undefined {
  const last = list.items.at(-1);
  if (list.flow) {
    const offset = last?.span.end ?? list.span.start + 1;
    return { offset, text: last === undefined ? flowItem(host) : `, ${flowItem(host)}` };
  }
  if (last === undefined) return undefined;
  const dash = text.lastIndexOf('-', last.span.start);
  if (dash < 0) return undefined;
  const indent = ' '.repeat(dash - (text.lastIndexOf('\n', dash) + 1));
  return { offset: lineEnd(text, last.span.end), text: `\n${blockItem(host, indent)}` };
}

function pairs(host: NewHost): readonly string[] {
  return Object.entries(host)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}: ${scalar(value as string | number)}`);
}

function blockItem(host: NewHost, indent: string): string {
  return pairs(host)
    .map((pair, index) => `${indent}${index === 0 ? '- ' : '  '}${pair}`)
    .join('\n');
}

function flowItem(host: NewHost): string {
  return `{ ${pairs(host).join(', ')} }`;
}

/** Plain where YAML 1.2 reads the same string back, else double-quoted. */
export function scalar(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const plain = /^(?:\.{0,2}\/)?[A-Za-z_][A-Za-z0-9_./+@-]*(:\/\/[A-Za-z0-9_./+@-]+)?$/.test(value);
  const reserved = /^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
  const address = /^\d{1,3}(\.\d{1,3}){3}$/.test(value);
  return (plain && !reserved) || address ? value : JSON.stringify(value);
}

function lineEnd(text: string, offset: number): number {
  const match = /\r?\n/g;
  match.lastIndex = offset;
  return match.exec(text)?.index ?? text.length;
}
