import type { Command } from './command.ts';
import { command } from './command.ts';

/**
 * Every virsh command names the system instance: for a user that is not root virsh would otherwise
 * talk to that user's own session daemon, which knows none of the host's domains.
 */
export const systemInstance = 'qemu:///system';

export function virsh(...args: string[]): Command {
  return command('virsh', '-c', systemInstance, ...args);
}

/** Domain UUIDs as libvirt prints them; nothing else addresses a domain in a plan. */
export function isDomainUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** Statistics of the running job with raw names and plain numbers (libvirt 6.0). */
export function jobInfoCommand(uuid: string): Command {
  return virsh('domjobinfo', '--domain', uuid, '--rawstats');
}

/** Statistics of the last finished job; `--keep-completed` because reading clears them otherwise. */
export function completedJobInfoCommand(uuid: string): Command {
  return virsh('domjobinfo', '--domain', uuid, '--completed', '--keep-completed', '--rawstats');
}

export function abortJobCommand(uuid: string): Command {
  return virsh('domjobabort', '--domain', uuid);
}

export function domainStateCommand(uuid: string): Command {
  return virsh('domstate', '--domain', uuid, '--reason');
}

/**
 * The domain's XML in the form that `virsh migrate --xml` takes: what runs, or the definition that
 * is kept. It holds what virsh otherwise hides, such as the password of a display.
 */
export function migratableXmlCommand(uuid: string, which: 'live' | 'definition'): Command {
  const inactive = which === 'definition' ? ['--inactive'] : [];
  return virsh('dumpxml', '--domain', uuid, '--migratable', ...inactive);
}

/** `milliseconds` is 1 to 2000000; the value stays in the QEMU process after the migration fails. */
export function setMaxDowntimeCommand(uuid: string, milliseconds: number): Command {
  return virsh('migrate-setmaxdowntime', '--domain', uuid, '--downtime', milliseconds.toString());
}

export function guestPingCommand(uuid: string): Command {
  return virsh(
    'qemu-agent-command',
    '--domain',
    uuid,
    '--cmd',
    '{"execute":"guest-ping"}',
    '--timeout',
    '10',
  );
}

/**
 * The host's clock (epoch seconds) on the first line, then the newest errors in the libvirt daemon's log. With `--p2p` a destination that refuses can leave
 * only “End of file while reading data” at the source; its own words stand in this log. The log
 * of the files comes first, then the journal; a user who may read neither gets nothing.
 */
export function daemonLogCommand(): Command {
  return command(
    'sh',
    '-c',
    [
      'date +%s',
      'for log in /var/log/libvirt/virtqemud.log /var/log/libvirt/libvirtd.log; do',
      '  [ -r "$log" ] && tail -n 200 "$log" | grep ": error :" | tail -n 20',
      'done',
      'command -v journalctl >/dev/null 2>&1 || exit 0',
      'journalctl -q --no-pager -o short-unix -p err -n 20 -u libvirtd -u virtqemud 2>/dev/null',
      'exit 0',
    ].join('\n'),
    'livemigrate-daemon-log',
  );
}

/**
 * Prints the limit for migrations of this domain in MiB/s, alone on its line. libvirt keeps it in the
 * daemon, beyond the end of a migration.
 */
export function getSpeedCommand(
  uuid: string,
  phase: 'pre-copy' | 'post-copy' = 'pre-copy',
): Command {
  return virsh('migrate-getspeed', '--domain', uuid, ...speedOf(phase));
}

/** `mebibytes` per second, 1 to 8796093022207; `post-copy` is a limit of its own (libvirt 5.1). */
export function setSpeedCommand(
  uuid: string,
  mebibytes: number,
  phase: 'pre-copy' | 'post-copy' = 'pre-copy',
): Command {
  const limit = mebibytes.toString();
  return virsh('migrate-setspeed', '--domain', uuid, '--bandwidth', limit, ...speedOf(phase));
}

function speedOf(phase: 'pre-copy' | 'post-copy'): readonly string[] {
  return phase === 'post-copy' ? ['--postcopy'] : [];
}

/** Prints the downtime limit in milliseconds, alone on its line. */
export function getMaxDowntimeCommand(uuid: string): Command {
  return virsh('migrate-getmaxdowntime', '--domain', uuid);
}

/** Pins the threads of the running QEMU that are no vCPUs; `r` takes a pin back. */
export function pinEmulatorCommand(uuid: string, cpus: string): Command {
  return virsh('emulatorpin', '--domain', uuid, '--cpulist', cpus, '--live');
}
