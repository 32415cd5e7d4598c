/** Debian releases that hosts can run; the first is the default. */
export const SUITES = ['trixie', 'bookworm'] as const;
export type Suite = (typeof SUITES)[number];

export function isSuite(name: string): name is Suite {
  return (SUITES as readonly string[]).includes(name);
}
