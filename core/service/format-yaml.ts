import { Lexer } from 'yaml';
import { indexLines } from '../text/lines.ts';
import type { Span } from '../text/span.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { YamlNode, YamlTree } from '../yaml/tree.ts';
import { layOut } from './yaml-layout.ts';

export interface SpaceEdit {
  readonly span: Span;
  readonly newText: string;
}

/**
 * Edits that give YAML one layout: two columns a level, one space behind colons, commas and dashes,
 * at most one empty line, no white space at line ends. Only white space changes: flow collections,
 * quotes and comments stay as they are written. The result is read again, and where it would not
 * say the same nothing is changed.
 */
export function formatYaml(text: string, tree: YamlTree, range?: Span): readonly SpaceEdit[] {
  if (tree.root === undefined || tree.problems.length > 0) return [];
  const all = layOut(text, tree.root);
  const edits = range === undefined ? all : all.filter(within(text, tree.root, range));
  return edits.length > 0 && saysTheSame(text, tree.root, applied(text, edits)) ? edits : [];
}

/** Part of a block cannot be indented without the rest of it: whole entries of the file are. */
function within(text: string, root: YamlNode, range: Span): (edit: SpaceEdit) => boolean {
  const lines = indexLines(text);
  const line = (offset: number): number => lines.position(offset).line;
  let first = line(range.start);
  let last = line(range.end);
  const parts = root.kind === 'mapping' ? root.entries : [];
  for (const { span } of parts) {
    if (line(span.end) < first || line(span.start) > last) continue;
    first = Math.min(first, line(span.start));
    last = Math.max(last, line(span.end));
  }
  return ({ span }) => line(span.start) >= first && line(span.end) <= last;
}

function applied(text: string, edits: readonly SpaceEdit[]): string {
  let result = '';
  let at = 0;
  for (const { span, newText } of edits) {
    result += text.slice(at, span.start) + newText;
    at = span.end;
  }
  return result + text.slice(at);
}

function saysTheSame(before: string, root: YamlNode, after: string): boolean {
  const tree = parseYaml(after);
  if (tree.root === undefined || tree.problems.length > 0) return false;
  return (
    JSON.stringify(shape(root)) === JSON.stringify(shape(tree.root)) &&
    JSON.stringify(comments(before)) === JSON.stringify(comments(after))
  );
}

function shape(node: YamlNode | undefined): unknown {
  switch (node?.kind) {
    case undefined:
      return null;
    case 'scalar':
      return [node.value, node.source, node.quoted];
    case 'sequence':
      return { flow: node.flow, items: node.items.map(shape) };
    case 'mapping':
      return {
        flow: node.flow,
        entries: node.entries.map(({ key, value }) => [shape(key), shape(value)]),
      };
  }
}

/** Comments in their order, without the white space behind them. */
function comments(text: string): readonly string[] {
  return [...new Lexer().lex(text)]
    .filter((token) => token.startsWith('#'))
    .map((token) => token.trimEnd());
}
