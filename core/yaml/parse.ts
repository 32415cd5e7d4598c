import { say } from '../messages.ts';
import { defaultYamlLimits } from './limits.ts';
import type { YamlLimits } from './limits.ts';
import { readPlainBlocks } from './plain-blocks.ts';
import { refused, tooDeep } from './refusal.ts';
import { parseSparse } from './sparse.ts';
import type { YamlTree } from './tree.ts';
import { parseWhole } from './whole.ts';

/**
 * Parses one YAML document into a tree with ranges. Never throws; what is wrong is in `problems`.
 *
 * There are three ways to the one answer, the cheapest first: plain blocks are read here, of a
 * text with a foreign place only that place and what is around it is given to the library, and
 * any other text is the library's.
 */
export function parseYaml(text: string, limits: YamlLimits = defaultYamlLimits): YamlTree {
  if (text.length > limits.maxLength) {
    return refused(
      'file-too-large',
      text,
      say('This file has {0} characters; at most {1} are read.', text.length, limits.maxLength),
    );
  }
  if (text.includes('\0')) {
    return refused('not-text', text, say('This is not a text file: it contains NUL characters.'));
  }
  if (deepestFlow(text, limits.maxDepth) > limits.maxDepth) return tooDeep(text, limits);
  const root = readPlainBlocks(text, limits);
  if (root !== undefined) return { root, problems: [] };
  return parseSparse(text, limits) ?? parseWhole(text, limits);
}

/**
 * Depth of `[` and `{`, so that the recursive parser is never given a text made to exhaust it; 0
 * for a text with so few of them that it cannot be deeper than `enough`.
 */
function deepestFlow(text: string, enough: number): number {
  if (!hasMore(text, enough)) return 0;
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth = Math.max(0, depth - 1);
  }
  return deepest;
}

/** Has the text more opening brackets and braces than so many? */
function hasMore(text: string, many: number): boolean {
  let count = 0;
  for (const opening of ['[', '{']) {
    for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) {
      if (++count > many) return true;
    }
  }
  return false;
}
