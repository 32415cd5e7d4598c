import type { SyntaxProblem } from '../problems.ts';
import type { ElementData } from '../xml/element-data.ts';
import type { XmlElement } from '../xml/tree.ts';

/** What one element was read as. */
interface Reading<T> {
  /** Offset of the element: everything that is read has its place. */
  readonly start: number;
  readonly value: T;
  readonly problems: readonly SyntaxProblem[];
}

/**
 * Reads an element by itself, or gives what the same element at the same place was read as before:
 * most of a document is untouched while another part of it is edited.
 */
export function reusing<T>(
  read: (element: XmlElement, problems: SyntaxProblem[]) => T,
): (element: XmlElement, problems: SyntaxProblem[]) => T {
  const known = new WeakMap<ElementData, Reading<T>>();
  return (element, problems) => {
    const { data, start } = element;
    let reading = known.get(data);
    if (reading?.start !== start) {
      const found: SyntaxProblem[] = [];
      reading = { start, value: read(element, found), problems: found };
      known.set(data, reading);
    }
    problems.push(...reading.problems);
    return reading.value;
  };
}
