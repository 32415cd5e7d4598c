import type { SyntaxProblem } from '../problems.ts';
import type { XmlElement } from '../xml/tree.ts';

interface Read<T> {
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
  return (element, problems) => {
    const { data, start } = element;
    const known = data.reading;
    if (known?.by === read && known.start === start) {
      // Nobody but this reader writes what it is the author of.
      const { value, problems: found } = known.value as Read<T>;
      problems.push(...found);
      return value;
    }
    const found: SyntaxProblem[] = [];
    const value = read(element, found);
    data.reading = { by: read, start, value: { value, problems: found } satisfies Read<T> };
    problems.push(...found);
    return value;
  };
}
