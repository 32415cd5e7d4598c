/** More CPUs than any host has; a list that names more is a mistake, not a set. */
const limit = 65_536;

/**
 * Reads a list of host CPUs or NUMA nodes as libvirt does (`virBitmapParse`): `0-3,8,^2`. Undefined
 * when it cannot be read.
 */
export function parseCpuSet(text: string): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\^?)(\d{1,6})(?:-(\d{1,6}))?\s*$/.exec(part);
    if (match === null) return undefined;
    const [, not = '', first = '', last = first] = match;
    const [from, to] = [Number(first), Number(last)];
    if (to < from || to >= limit) return undefined;
    for (let cpu = from; cpu <= to; cpu += 1) {
      if (not === '') found.add(cpu);
      else found.delete(cpu);
    }
  }
  return found;
}
