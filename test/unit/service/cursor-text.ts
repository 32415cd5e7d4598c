/** A text in which one `|` marks the cursor: the text without it, and its offset. */
export function atCursor(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('|');
  if (offset < 0 || marked.includes('|', offset + 1)) {
    throw new Error('a marked text has exactly one |');
  }
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}
