/**
 * OpenSSH patterns (ssh_config(5) PATTERNS): `*` any run, `?` one character, nothing else special.
 * Iterative with one fallback point, so that a hostile pattern costs no more than length × length.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (
      next < pattern.length &&
      (pattern[next] === '?' || pattern[next] === text[at]) &&
      pattern[next] !== '*'
    ) {
      at++;
      next++;
    } else if (pattern[next] === '*') {
      star = next++;
      resume = at;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}

/** A list of patterns: matches when one does and no negated one (`!pattern`) does. */
export function matchesPatternList(text: string, patterns: readonly string[]): boolean {
  let matched = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    if (!matchesPattern(text, negated ? pattern.slice(1) : pattern)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}
