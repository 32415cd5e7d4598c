/** One part of a framed answer: what a command printed, and how it ended. */
export interface Section {
  readonly name: string;
  /** Exit code; 124 when its time was over (timeout(1)), 127 when the program is missing. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Reads a framed answer (see hosts/collect/scripts.ts): `@name`, lines of output after `|`, of errors
 * after `!`, `=code`, and `@end` at last. Undefined when the answer was cut off. A section that was
 * not finished is left out.
 */
export function parseSections(text: string): readonly Section[] | undefined {
  const sections: Section[] = [];
  let name: string | undefined;
  let out: string[] = [];
  let err: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '@end') return sections;
    const rest = line.slice(1);
    switch (line[0]) {
      case '@':
        name = rest;
        out = [];
        err = [];
        break;
      case '|':
        out.push(rest);
        break;
      case '!':
        err.push(rest);
        break;
      case '=':
        if (name !== undefined && /^\d{1,3}$/.test(rest))
          sections.push({ name, code: Number(rest), out: out.join('\n'), err: err.join('\n') });
        name = undefined;
        break;
      default:
    }
  }
  return undefined;
}

/** What the commands of one virsh call said of one object, by the label of the command. */
export type BatchAnswers = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Splits the output of one virsh call at the lines `MARK uuid label` that stand before each answer. */
export function parseBatch(text: string, mark: string): BatchAnswers {
  const answers = new Map<string, Map<string, string>>();
  let lines: string[] | undefined;
  const finished: { of: Map<string, string>; label: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const head = line.startsWith(`${mark} `) ? line.slice(mark.length + 1).split(' ') : undefined;
    const [uuid, label] = head ?? [];
    if (uuid === undefined || label === undefined) {
      lines?.push(line);
      continue;
    }
    const of = answers.get(uuid) ?? new Map<string, string>();
    answers.set(uuid, of);
    lines = [];
    finished.push({ of, label, lines });
  }
  for (const { of, label, lines: answer } of finished) of.set(label, answer.join('\n').trim());
  return answers;
}

/**
 * The text of a virsh error, when the answer is one: it begins with `error: `. Further down the same
 * word can be anybody's, for instance a line of a domain's description.
 */
export function virshError(answer: string): string | undefined {
  if (!answer.startsWith('error: ')) return undefined;
  return answer
    .split('\n')
    .map((line) => line.replace(/^error: /, '').trim())
    .filter((line) => line !== '')
    .join('; ');
}

/** UUIDs of a `--uuid` listing, in its order. */
export function parseUuids(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(line));
}
