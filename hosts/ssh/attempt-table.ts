import { render, say } from '../../core/messages.ts';
import type { Message, Translate } from '../../core/messages.ts';
import type { AuthAttempt } from '../host-error.ts';

/** How each attempt ended, in words. */
const results: Readonly<Record<AuthAttempt['result'], Message>> = {
  refused: say('refused by the host'),
  'accepted-more-needed': say('accepted; the host wants more than this'),
  'no-such-file': say('no such file'),
  unreadable: say('the file cannot be read'),
  'not-a-key': say('not a private key that can be used here'),
  'wrong-passphrase': say('wrong passphrase'),
  'passphrase-needed': say('its passphrase was not given'),
  'agent-unreachable': say('the agent does not answer'),
  'agent-empty': say('the agent holds no key'),
  cancelled: say('cancelled'),
  'not-offered': say('not offered by the host'),
};

/** The attempts to log in as lines of a table with a head: method, key and where it is, result. */
export function attemptTable(
  attempts: readonly AuthAttempt[],
  translate?: Translate,
): readonly string[] {
  const rows = [
    [say('method'), say('key'), say('result')].map((each) => render(each, translate)),
    ...attempts.map(({ method, what, result }) => [
      method,
      // Comments of keys and prompts are text of others: a terminal must not obey them.
      what.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' '),
      render(results[result], translate),
    ]),
  ];
  const width = (column: number): number =>
    Math.max(...rows.map((row) => columnsOf(row[column] ?? '')));
  const widths = [width(0), width(1)];
  return rows.map((row) =>
    row
      .map(
        (cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - columnsOf(cell))),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** Columns in a terminal: Chinese characters take two. */
function columnsOf(text: string): number {
  return text.length + (text.match(/[\u2e80-\u9fff\uff00-\uff60]/g)?.length ?? 0);
}
