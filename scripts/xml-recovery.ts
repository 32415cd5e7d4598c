/** How much of a tree survives while its text is being typed. */
import { parseXml } from '../core/xml/parse.ts';
import type { XmlElement } from '../core/xml/tree.ts';

/** One change of a text: `length` characters at `at` become `text`. */
interface Damage {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

/** Share of the untouched elements that keep their path and the ranges of their attributes. */
export interface Recovery {
  readonly 'cut line': number;
  readonly 'typed fragment': number;
  readonly 'missing end tag': number;
}

/** Each text is damaged once in each way, at a place that depends on its number alone. */
export function measureRecovery(texts: readonly string[]): Recovery {
  const share = (damage: (text: string, number: number) => Damage | undefined): number => {
    let kept = 0;
    let all = 0;
    texts.forEach((text, number) => {
      const done = damage(text, number);
      if (done === undefined) return;
      const counts = compare(text, done);
      kept += counts.kept;
      all += counts.all;
    });
    return all === 0 ? 1 : kept / all;
  };
  return {
    'cut line': share(cutLine),
    'typed fragment': share(typeFragment),
    'missing end tag': share(removeEndTag),
  };
}

function cutLine(text: string, number: number): Damage | undefined {
  const line = chosen([...text.matchAll(/^[ \t]*<[a-z][^\n]{6,}$/gm)], number);
  if (line === undefined) return undefined;
  const half = Math.ceil(line[0].length / 2);
  return { at: line.index + half, length: line[0].length - half, text: '' };
}

function typeFragment(text: string, number: number): Damage | undefined {
  const line = chosen([...text.matchAll(/^[ \t]+(?=<[a-z])/gm)], number);
  if (line === undefined) return undefined;
  const fragment = ['<', '<sou', '<disk ty', '<target dev="v', '</'][number % 5] ?? '<';
  return { at: line.index, length: 0, text: `${line[0]}${fragment}\n` };
}

function removeEndTag(text: string, number: number): Damage | undefined {
  const tag = chosen([...text.matchAll(/<\/[a-z][^>]*>/g)], number);
  return tag === undefined ? undefined : { at: tag.index, length: tag[0].length, text: '' };
}

function chosen<T>(all: readonly T[], number: number): T | undefined {
  return all[(number * 7919) % Math.max(1, all.length)];
}

function compare(text: string, damage: Damage): { readonly kept: number; readonly all: number } {
  const end = damage.at + damage.length;
  const shift = damage.text.length - damage.length;
  const damaged = text.slice(0, damage.at) + damage.text + text.slice(end);
  const found = new Map(elementsOf(damaged).map((each) => [each.start, each.print]));
  const untouched = elementsOf(text, (offset) => (offset >= end ? offset + shift : offset)).filter(
    ({ from, to }) => to <= damage.at || from >= end,
  );
  const kept = untouched.filter(({ start, print }) => found.get(start) === print).length;
  return { kept, all: untouched.length };
}

interface Printed {
  /** Range of the start tag in its own text. */
  readonly from: number;
  readonly to: number;
  /** Where the damaged text has it. */
  readonly start: number;
  readonly print: string;
}

function elementsOf(text: string, moved = (offset: number): number => offset): Printed[] {
  const printed: Printed[] = [];
  const visit = (element: XmlElement, path: string): void => {
    const own = `${path}/${element.name}`;
    const attributes = element.attributes.map(
      ({ name, valueSpan }) => `${name}@${moved(valueSpan.start)}-${moved(valueSpan.end)}`,
    );
    const { start, end } = element.startTagSpan;
    printed.push({
      from: start,
      to: end,
      start: moved(start),
      print: `${own} ${attributes.join(' ')}`,
    });
    for (const child of element.children) visit(child, own);
  };
  const { root } = parseXml(text);
  if (root !== undefined) visit(root, '');
  return printed;
}
