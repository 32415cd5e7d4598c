import type { Problem } from '../../core/problems.ts';

/** What a finding is about, without the place: it stays the same while lines move. */
export interface FindingKey {
  /** Path below the folder that the keys are kept for, with `/`. */
  readonly file: string;
  readonly code: string;
  /** The first line of the finding's range, its spaces made one. */
  readonly line: string;
  /** The names in the message (disks, hosts, options); sizes and counts change by themselves. */
  readonly about: readonly string[];
}

/** The key of a finding; `text` is the text of the document that it stands in. */
export function findingKey(problem: Problem, file: string, text: string): FindingKey {
  return {
    file,
    code: problem.code,
    line: lineAt(text, problem.span.start).trim().replace(/\s+/g, ' ').slice(0, lineLength),
    about: problem.message.args
      .filter((arg) => typeof arg === 'string')
      .map((arg) => arg.replace(quantity, '#')),
  };
}

/** Characters of a line that a key keeps; one line of a machine-written file can be very long. */
const lineLength = 200;

/** A number that is no part of a name, with its unit. */
const quantity =
  /(?<![\w.-])\d[\d.,]*(?:\s?(?:[KMGTP]i?)?(?:B|bit)(?:\/s)?|\s?%|\s?(?:ms|s|m|h))?(?![\w-])/g;

function lineAt(text: string, offset: number): string {
  const before = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1));
  const rest = text.slice(before + 1, before + 1 + 16 * lineLength);
  return rest.split(/\r\n|\r|\n/, 1)[0] ?? '';
}

export function keyText({ file, code, line, about }: FindingKey): string {
  return JSON.stringify([file, code, line, about]);
}
