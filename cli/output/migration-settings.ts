import { say } from '../../core/messages.ts';
import { formatDuration, formatRate } from '../../core/units/quantity.ts';
import type { MigrationSettings } from '../../hosts/migration-parameters.ts';
import type { Terminal } from '../terminal.ts';

/** A table: name, value, default, what a launch makes of it, meaning. */
export function printMigrationSettings(terminal: Terminal, found: MigrationSettings): void {
  const { say: text } = terminal;
  terminal.out(`${found.domain.name} (${found.domain.uuid}) @ ${found.host}`);
  const head = [
    text(say('name')),
    text(say('value')),
    text(say('default')),
    text(say('at launch')),
    text(say('meaning')),
  ];
  table(terminal, [
    head,
    [
      'bandwidth',
      found.bandwidth === undefined ? text(say('no limit')) : formatRate(found.bandwidth),
      '',
      text(say('kept, unless the file sets {0}', 'policy.bandwidth')),
      text(say('Most that libvirt lets a migration of this domain send.')),
    ],
    [
      'max-downtime',
      formatDuration(found.maxDowntimeMs),
      formatDuration(300),
      text(say('kept, unless the file sets {0}', 'policy.maxDowntime')),
      text(say('Longest pause that QEMU may plan for the end.')),
    ],
    ...found.parameters.map((row) => [
      row.name,
      row.value,
      row.default ?? '',
      text(row.atLaunch),
      row.meaning === undefined ? '' : text(row.meaning),
    ]),
    ...found.capabilities.map((row) => [
      row.name,
      row.on ? 'on' : 'off',
      '',
      text(row.atLaunch),
      row.meaning === undefined ? '' : text(row.meaning),
    ]),
  ]);
}

function table(terminal: Terminal, rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  for (const row of rows) {
    const cells = row.map(
      (cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))),
    );
    terminal.out(cells.join('  ').trimEnd());
  }
}

/** Columns of a terminal; Chinese characters and their punctuation take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const each of text) width += /[\u1100-\u115f\u2e80-\uffef]/.test(each) ? 2 : 1;
  return width;
}
