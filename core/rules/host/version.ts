/**
 * Is `version` (`8.2.0`, three numbers) older than `than`? Undefined when it cannot be read, so
 * that nobody takes an unreadable version for a new one.
 */
export function isOlder(version: string, than: string): boolean | undefined {
  const [a, b] = [numbers(version), numbers(than)];
  if (a === undefined || b === undefined) return undefined;
  for (const [index, part] of b.entries()) {
    const own = a[index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}

function numbers(version: string): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version.trim());
  return match === null ? undefined : [match[1], match[2], match[3] ?? '0'].map(Number);
}
