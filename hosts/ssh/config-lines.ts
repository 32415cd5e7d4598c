/**
 * Lines of an ssh_config file, read as OpenSSH's readconf.c (process_config_line) and misc.c
 * (strdelim, argv_split) read them; checked against `ssh -G` over generated files.
 */

/** One directive: keyword in lower case, its words without quotes, and the rest of the line as written. */
export interface ConfigLine {
  /** From 1 on. */
  readonly number: number;
  readonly keyword: string;
  /** Undefined when a quote is not closed: ssh refuses such a file. */
  readonly words: readonly string[] | undefined;
  readonly raw: string;
}

export function configLines(text: string): readonly ConfigLine[] {
  return text.split('\n').flatMap((line, index) => {
    const read = readLine(line);
    return read === undefined ? [] : [{ number: index + 1, ...read }];
  });
}

function readLine(line: string): Omit<ConfigLine, 'number'> | undefined {
  // A NUL ends a line of C.
  const text = (line.split('\0', 1)[0] ?? '').replace(/[ \t\r\f]+$/, '').replace(/^[ \t\r]+/, '');
  if (text === '' || text.startsWith('#')) return undefined;
  // One `=` may part the keyword from the rest, with white space on either side.
  const [, quoted, plain, rest = ''] =
    /^(?:"([^"]*)"|([^ \t\r="]+))(?:[ \t\r]*=[ \t\r]*|[ \t\r]+|$)(.*)$/s.exec(text) ?? [];
  const keyword = (quoted ?? plain ?? text).toLowerCase();
  return { keyword, words: splitWords(rest), raw: rest };
}

/** Words, with quotes of both kinds and the few escapes; `#` at the start of a word ends the line. */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ' || text[at] === '\t') {
      at++;
      continue;
    }
    if (text[at] === '#') break;
    let word = '';
    let quote = '';
    for (; at < text.length; at++) {
      const here = text.charAt(at);
      const next = text.charAt(at + 1);
      if (here === '\\' && isEscaped(next, quote)) {
        word += next;
        at++;
      } else if (quote === '' && (here === ' ' || here === '\t')) break;
      else if (quote === '' && (here === '"' || here === "'")) quote = here;
      else if (here === quote) quote = '';
      else word += here;
    }
    if (quote !== '') return undefined;
    words.push(word);
  }
  return words;
}

function isEscaped(next: string, quote: string): boolean {
  return next === "'" || next === '"' || next === '\\' || (quote === '' && next === ' ');
}
