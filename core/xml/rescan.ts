import { TreeBuilder } from './build-tree.ts';
import type { ElementUnderWork } from './element-data.ts';
import { ProblemList } from './problem-list.ts';
import { Scanner } from './scanner.ts';
import type { SharedElements } from './shared-elements.ts';

/** A part of an element's content. */
export interface Part {
  readonly text: string;
  /** Offsets behind a tag, and of the tag at which the part is to end. */
  readonly from: number;
  readonly to: number;
  /** Elements that may be nested here, the one below included. */
  readonly maxDepth: number;
  /** The element, with the children before the part, and the offset of its `<`. */
  readonly into: { readonly data: ElementUnderWork; readonly start: number };
  /** Adds the children behind the part, which decide what white space counts. */
  readonly addRest: () => void;
  readonly shared: SharedElements | undefined;
}

/**
 * Reads a part of an element's content into it. False, and the element is of no use, when there is
 * any problem or the part does not end where it should.
 */
export function rescan({ text, from, to, maxDepth, into, addRest, shared }: Part): boolean {
  const problems = new ProblemList();
  const builder = new TreeBuilder({ text, problems, indentation: false, maxDepth, shared });
  builder.resume(into.data, into.start);
  const ended = new Scanner(text, builder, problems, shared).runFrom(from, to);
  if (!ended || problems.count > 0) return false;
  addRest();
  builder.leave();
  return true;
}
