import { contains } from '../../text/span.ts';
import type { XmlElement } from '../../xml/tree.ts';

/** The elements around an offset, the root first; empty outside of the root. */
export function elementsAround(
  root: XmlElement | undefined,
  offset: number,
): readonly XmlElement[] {
  const found: XmlElement[] = [];
  let next = root !== undefined && contains(root.span, offset) ? root : undefined;
  while (next !== undefined) {
    found.push(next);
    const inner = next.children.filter((child) => contains(child.span, offset));
    // Between two elements that touch, the one that begins here is meant.
    next = inner.at(-1);
  }
  return found;
}

/** The names from the root down to an element. */
export function pathOf(element: XmlElement): readonly string[] {
  const names: string[] = [];
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) {
    names.unshift(at.name);
  }
  return names;
}
