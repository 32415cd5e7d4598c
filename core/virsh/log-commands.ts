import { command } from './command.ts';
import type { Command } from './command.ts';

/**
 * The host's clock (epoch seconds) on the first line, then the last 8 KiB of what QEMU said of one
 * guest. Needs root or the group that may read the folder; otherwise it prints the clock alone.
 */
export function guestLogCommand(domain: string): Command {
  return command(
    'sh',
    '-c',
    [
      'date +%s',
      'case $1 in */*) exit 0 ;; esac',
      'log=/var/log/libvirt/qemu/$1.log',
      '[ -r "$log" ] && tail -c 8192 -- "$log"',
      'exit 0',
    ].join('\n'),
    'livemigrate-guest-log',
    domain,
  );
}
