/** Broken documents, made from sound ones in an order that a seed decides. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A document to break, under a name that tells its kind. */
export interface Sample {
  readonly name: string;
  readonly text: string;
}

const root = join(import.meta.dirname, '../..');
/** Characters of a sample; behind that it would be about size, which other tests are about. */
const sampleLimit = 200_000;
/** Files that a folder gives at most. */
const fileLimit = 10_000;

/** The project's own samples, or the YAML and XML files of a folder. */
export function samples(folder: string | undefined): readonly Sample[] {
  const folders =
    folder === undefined
      ? ['examples', 'test/rules/fixtures'].map((each) => join(root, each))
      : [folder];
  const files = folders.flatMap((each) => filesBelow(each)).slice(0, fileLimit);
  return files.flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    const name = /\.xml$/i.test(path) ? `${basename(path, '.xml')}.domain.xml` : basename(path);
    return text.length > sampleLimit ? [] : [{ name, text }];
  });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return filesBelow(path);
      return /\.xml$|\.migration\.ya?ml$/i.test(name) ? [path] : [];
    });
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Random = () => number;

export function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

function pick<T>(random: Random, list: readonly T[]): T {
  const found = list[below(random, list.length)];
  if (found === undefined) throw new Error('there is nothing to pick from');
  return found;
}

/** What people type, paste, and what programs leave behind. */
const pieces = [
  ...[
    '<',
    '</',
    '<disk',
    "<target dev='",
    '<!--',
    '<![CDATA[',
    ']]>',
    '<?',
    '<!DOCTYPE d [',
    '&',
    '&#x',
  ],
  ...[
    '&lt;',
    '/>',
    '>',
    '"',
    "'",
    '=',
    "='",
    ': ',
    ':',
    '- ',
    '-',
    '[',
    ']',
    '{',
    '}',
    ',',
    '#',
    '|',
    '>-',
  ],
  ...[
    '&a ',
    '*a',
    '!!int ',
    '<<: ',
    '? ',
    '---\n',
    '...\n',
    '%YAML 9\n',
    '\t',
    '\n',
    '\r',
    '\r\n',
    '\n  ',
  ],
  ...[
    '\u0000',
    '\ud800',
    '\udc00',
    '\u{1f600}',
    '\ufeff',
    '\u2028',
    '\u00a0',
    '热迁移',
    '0x',
    '1e999',
    '-1',
  ],
  ...[
    '500MiB',
    '18446744073709551616',
    'constructor',
    '__proto__',
    'toString',
    'null',
    '~',
    'x'.repeat(300),
  ],
  ...[
    '# livemigrate-ignore ',
    '<!-- livemigrate-ignore x: y -->',
    'target: ',
    'kind: Migration\n',
    '  disks:\n',
  ],
];

/** The document of one number: a sample with one to four things done to it. */
export function brokenDocument(list: readonly Sample[], random: Random): Sample {
  const { name, text } = pick(random, list);
  let broken = text;
  for (let step = below(random, 4); step >= 0; step--) broken = oneStep(broken, list, random);
  return { name, text: broken };
}

function oneStep(text: string, list: readonly Sample[], random: Random): string {
  const at = below(random, text.length + 1);
  const end = Math.min(text.length, at + below(random, 1 + below(random, 200)));
  switch (below(random, 8)) {
    case 0: // Nothing behind the cursor is typed yet.
      return text.slice(0, at);
    case 1: // Only the line of the cursor is not finished.
      return text.slice(0, at) + text.slice(lineEnd(text, at));
    case 2:
      return text.slice(0, at) + text.slice(end);
    case 3:
      return text.slice(0, end) + text.slice(at, end) + text.slice(end);
    case 4:
      return text.slice(0, at) + pick(random, pieces) + text.slice(at);
    case 5:
      return text.slice(0, at) + pick(random, pieces) + text.slice(end);
    case 6: {
      const other = pick(random, list).text;
      const from = below(random, other.length + 1);
      return text.slice(0, at) + other.slice(from, from + below(random, 400)) + text.slice(at);
    }
    default: // A line is indented differently.
      return (
        text.slice(0, lineStart(text, at)) +
        ' '.repeat(below(random, 8)) +
        text.slice(lineStart(text, at)).replace(/^ */, '')
      );
  }
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found;
}
