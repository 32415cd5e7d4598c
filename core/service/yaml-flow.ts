/** One open `{` or `[`. */
export interface FlowFrame {
  readonly kind: 'map' | 'list';
  /** The key whose value is being read. */
  key: string | undefined;
  readonly keys: Map<string, string>;
  index: number;
}

export interface FlowState {
  readonly frames: readonly FlowFrame[];
  /** Where the collection that `start` opens ends; undefined while it is open. */
  readonly closedAt: number | undefined;
  /** Start of the word that the end of the scan stands in. */
  readonly wordStart: number;
  readonly inQuotes: '"' | "'" | 'comment' | undefined;
  /** Keys met outside any collection opened in the scan: of the one that was open before it. */
  readonly looseKeys: ReadonlyMap<string, string>;
}

/** Follows flow collections from `start` to `end`, whatever is wrong with them. */
export function scanFlow(text: string, start: number, end: number): FlowState {
  const loose: FlowFrame = { kind: 'map', key: undefined, keys: new Map(), index: 0 };
  const frames: FlowFrame[] = [];
  let wordStart = start;
  let quote: FlowState['inQuotes'];
  let closedAt: number | undefined;
  const current = (): FlowFrame => frames.at(-1) ?? loose;
  const finish = (at: number): void => {
    const frame = current();
    if (frame.key !== undefined) frame.keys.set(frame.key, bare(text.slice(wordStart, at)));
  };
  for (let i = start; i < end && closedAt === undefined; i++) {
    const character = text.charAt(i);
    if (quote === 'comment') {
      if (character === '\n') quote = undefined;
      continue;
    }
    if (quote !== undefined) {
      if (character === '\\' && quote === '"') i++;
      else if (character === quote) quote = undefined;
      continue;
    }
    switch (character) {
      case '"':
      case "'":
        if (text.slice(wordStart, i).trim() === '') quote = character;
        break;
      case '#':
        if (/\s/.test(text.charAt(i - 1))) quote = 'comment';
        break;
      case '{':
      case '[':
        frames.push({
          kind: character === '{' ? 'map' : 'list',
          key: undefined,
          keys: new Map(),
          index: 0,
        });
        wordStart = i + 1;
        break;
      case '}':
      case ']':
        finish(i);
        if (frames.length === 0 || frames.length === 1) closedAt = i + 1;
        frames.pop();
        wordStart = i + 1;
        break;
      case ',': {
        finish(i);
        const frame = current();
        frame.key = undefined;
        frame.index++;
        wordStart = i + 1;
        break;
      }
      case ':': {
        const frame = current();
        const separates =
          i + 1 >= end || /[\s,{}[\]]/.test(text.charAt(i + 1)) || text.charAt(i - 1) === '"';
        if (frame.kind !== 'map' || frame.key !== undefined || !separates) break;
        frame.key = bare(text.slice(wordStart, i));
        frame.keys.set(frame.key, '');
        wordStart = i + 1;
        break;
      }
    }
  }
  while (wordStart < end && /\s/.test(text.charAt(wordStart))) wordStart++;
  return { frames, closedAt, wordStart, inQuotes: quote, looseKeys: loose.keys };
}

function bare(text: string): string {
  const trimmed = text.trim();
  return /^"[^"]*"$|^'[^']*'$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
}
