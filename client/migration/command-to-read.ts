import { shellLine } from '../../core/planner/shell-preview.ts';
import type { Command } from '../../core/virsh/command.ts';
import { quoteArgv } from '../../core/virsh/quote.ts';

/** The very command, as one could paste it into a shell, one option on each line. */
export function commandToRead(command: Command): string {
  if (command.stdin !== undefined) return shellLine(command);
  const lines: string[][] = [[]];
  for (const word of command.argv) {
    if (word.startsWith('--')) lines.push([word]);
    else lines.at(-1)?.push(word);
  }
  return lines.map(quoteArgv).join(' \\\n  ');
}
