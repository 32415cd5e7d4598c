import type { Span } from '../text/span.ts';
import type { PlainItem } from './plain-blocks.ts';
import type { YamlNode, YamlScalar, YamlSequence } from './tree.ts';

/** Items of one list that were left out of a text. Items have their places in the whole text. */
export interface Omission {
  /** The items around them, which were not left out. */
  readonly before: PlainItem;
  readonly after: PlainItem;
  readonly items: readonly PlainItem[];
  /** Offset in the shortened text at which they are missing. */
  readonly at: number;
  /** Characters that are missing further up. */
  readonly missing: number;
  /** Characters of these items. */
  readonly length: number;
}

/** Puts what was left out of a text back into the tree of what was left. */
export class Restoration {
  private readonly omissions: readonly Omission[];
  private readonly maxDepth: number;
  /** By the offset of the item before it in the shortened text. */
  private readonly byItem: ReadonlyMap<number, Omission>;
  private restored = 0;

  /**
   * @param omissions in the order of the text
   * @param maxDepth of lists from which anything was left out
   */
  constructor(omissions: readonly Omission[], maxDepth: number) {
    this.omissions = omissions;
    this.maxDepth = maxDepth;
    this.byItem = new Map(
      omissions.map((each) => [each.before.node.span.start - each.missing, each]),
    );
  }

  /** Everything was put back, between two items that are what they were taken for. */
  get isComplete(): boolean {
    return this.restored === this.omissions.length;
  }

  node(node: YamlNode, depth: number): YamlNode {
    switch (node.kind) {
      case 'scalar':
        return this.scalar(node);
      case 'sequence':
        return { ...node, span: this.span(node.span), items: this.items(node, depth) };
      case 'mapping':
        return {
          ...node,
          span: this.span(node.span),
          entries: node.entries.map(({ key, value, span }) => ({
            key: this.scalar(key),
            value: value && this.node(value, depth + 1),
            span: this.span(span),
          })),
        };
    }
  }

  span({ start, end }: Span): Span {
    return { start: this.offset(start), end: this.offset(end) };
  }

  private scalar(node: YamlScalar): YamlScalar {
    return { ...node, span: this.span(node.span) };
  }

  private items(list: YamlSequence, depth: number): readonly YamlNode[] {
    const items = list.items.map((item) => this.node(item, depth + 1));
    if (list.flow || depth > this.maxDepth) return items;
    return items.flatMap((item, index) => {
      const given = list.items[index];
      const omission = given && this.byItem.get(given.span.start);
      if (omission === undefined) return item;
      const { before, after } = omission;
      if (!isSame(item, before.node) || !isSame(items[index + 1], after.node)) return item;
      this.restored++;
      return [item, ...omission.items.map(({ node }) => node)];
    });
  }

  /** The offset in the whole text. */
  private offset(given: number): number {
    let low = 0;
    let high = this.omissions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.omissions[middle]?.at ?? Infinity) <= given) low = middle + 1;
      else high = middle;
    }
    const last = this.omissions[low - 1];
    return last === undefined ? given : given + last.missing + last.length;
  }
}

function isSame(a: YamlNode | undefined, b: YamlNode): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
