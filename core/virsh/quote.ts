/**
 * Quotes an argument vector for a POSIX shell (XCU 2.2.2): the only quoting in the product.
 * Words of safe characters stay bare so that a printed command reads as one would type it.
 * Throws on a NUL character, which no argument can carry.
 */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (word.includes('\0')) throw new Error('a command argument cannot contain a NUL character');
  const assignment = /^[A-Za-z_][A-Za-z0-9_]*=/.test(word);
  if (!assignment && /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
