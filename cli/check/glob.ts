/**
 * Globs as shells and CI files write them: `*` and `?` within one folder, `**` across folders,
 * `[a-z]`, `{a,b}`. Paths are written with `/`.
 */

export function isGlob(word: string): boolean {
  return /[*?[\]{}]/.test(word);
}

/** The folder in which a glob has to be looked for, and the rest of it below that folder. */
export function splitGlob(glob: string): { readonly folder: string; readonly rest: string } {
  const parts = glob.split('/');
  const first = parts.findIndex(isGlob);
  const at = first < 0 ? parts.length - 1 : first;
  const folder = parts.slice(0, at).join('/');
  return {
    folder: folder === '' && glob.startsWith('/') ? '/' : folder,
    rest: parts.slice(at).join('/'),
  };
}

/** Matches a whole relative path. What is no valid set of characters stands for itself. */
export function globExpression(glob: string): RegExp {
  return new RegExp(`^${translated(glob.replace(/^\.\//, '')).text}$`, 'u');
}

/** Translates up to the end, or inside of braces up to `,` or `}`. */
function translated(glob: string, from = 0, inBraces = false): { text: string; end: number } {
  let text = '';
  let at = from;
  while (at < glob.length) {
    const rest = glob.slice(at);
    const character = glob.charAt(at);
    const set = /^\[(!?)([^\]/]+)\]/.exec(rest);
    if (inBraces && (character === ',' || character === '}')) break;
    if (rest.startsWith('**/')) {
      text += '(?:[^/]+/)*';
      at += 3;
    } else if (rest.startsWith('**')) {
      text += '.*';
      at += 2;
    } else if (character === '*') {
      text += '[^/]*';
      at += 1;
    } else if (character === '?') {
      text += '[^/]';
      at += 1;
    } else if (set !== null) {
      text += `[${set[1] === '' ? '' : '^'}${(set[2] ?? '').replace(/[\\^[\]&~|]/g, '\\$&')}]`;
      at += set[0].length;
    } else if (character === '{' && closes(glob, at)) {
      const choice = alternatives(glob, at + 1);
      text += choice.text;
      at = choice.end;
    } else {
      const whole = String.fromCodePoint(glob.codePointAt(at) ?? 0);
      text += whole.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
      at += whole.length;
    }
  }
  return { text, end: at };
}

function alternatives(glob: string, from: number): { text: string; end: number } {
  const choices: string[] = [];
  let at = from;
  for (;;) {
    const choice = translated(glob, at, true);
    choices.push(choice.text);
    at = choice.end + 1;
    if (glob.charAt(choice.end) !== ',') return { text: `(?:${choices.join('|')})`, end: at };
  }
}

function closes(glob: string, from: number): boolean {
  let depth = 0;
  for (let i = from; i < glob.length; i++) {
    if (glob.charAt(i) === '{') depth++;
    else if (glob.charAt(i) === '}' && --depth === 0) return true;
  }
  return false;
}
