/**
 * The numbers of a libvirt CPU or node list (`0-3,^2,8`), in order; undefined when it cannot be read.
 * Exclusions count for what stands before them (virBitmapParse).
 */
export function numbersOf(list: string): readonly number[] | undefined {
  const found = new Set<number>();
  for (const part of list.split(',')) {
    const match = /^(\^?)(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
    if (match === null) return undefined;
    const [, not, from, to] = match;
    const [first, last] = [Number(from), Number(to ?? from)];
    if (last < first) return undefined;
    for (let number = first; number <= last; number++) {
      if (not === '^') found.delete(number);
      else found.add(number);
    }
  }
  return [...found].sort((a, b) => a - b);
}
