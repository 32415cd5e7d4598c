import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import type { Cause } from './entry.ts';

interface Explanation {
  readonly pattern: RegExp;
  readonly code: string;
  readonly message: Message;
}

/**
 * libvirt's and QEMU's own texts, by the rules that describe what is behind them. Most telling
 * first: one failure often brings several texts. (libvirt 9.0 to 11.3 as seen, 6.2 to 12 as read.)
 */
const explanations: readonly Explanation[] = [
  {
    pattern: /canceled by client|cancelled by client/,
    code: 'cancelled',
    message: say('The migration was cancelled.'),
  },
  {
    pattern: /another migration job is already running/,
    code: 'second-migration-same-domain',
    message: say('Another migration of this domain is under way.'),
  },
  {
    pattern: /Source and target image have different sizes/,
    code: 'dest-image-size-equal',
    message: say(
      'A destination image has another size than its disk; sizes must be equal to the byte.',
    ),
  },
  {
    pattern: /Image is not in \S+ format/,
    code: 'dest-image-format-equal',
    message: say('A destination image has another format than the domain says.'),
  },
  {
    pattern: /no storage pool with matching target path/,
    code: 'precreate-needs-pool',
    message: say(
      'The destination image is missing and lies in no active storage pool; create it first.',
    ),
  },
  {
    pattern: /Migration without shared storage is unsafe/,
    code: 'disk-local-fs',
    message: say('libvirt sees a disk on a local file system that is not copied.'),
  },
  {
    pattern: /disks use cache/,
    code: 'disk-cache-unsafe',
    message: say(
      'A disk uses a host cache with which migration can lose data; use cache none or directsync.',
    ),
  },
  {
    pattern:
      /block-export-add|nbd-server-add|Failed to get "?write"? lock|Is another process using the image/,
    code: 'self-copy-same-image',
    message: say(
      'The destination cannot write to an image: it may be the source’s own image, or in use.',
    ),
  },
  {
    pattern: /disk target \S+ not found/,
    code: 'migrate-disks-unknown-target',
    message: say('The domain has no disk of that name.'),
  },
  {
    pattern: /Cannot migrate empty or read-only disk/,
    code: 'migrate-disks-readonly-or-empty',
    message: say('An empty or read-only disk cannot be copied.'),
  },
  {
    pattern: /migration with transient disk is not supported/,
    code: 'transient-disk',
    message: say('A transient disk cannot be migrated.'),
  },
  {
    pattern: /unable to stat: |Cannot access storage file|Could not open '/,
    code: 'equal-storage-access',
    message: say('The destination cannot reach an image of the domain.'),
  },
  {
    pattern: /already exists with uuid|already defined with uuid|already active as/,
    code: 'uuid-name-conflict',
    message: say('The destination has another domain of this name or UUID.'),
  },
  {
    pattern: /migrate guest to the same host/,
    code: 'same-host',
    message: say('Source and destination are the same host.'),
  },
  {
    pattern: /cannot migrate domain with \d+ snapshots?/,
    code: 'has-snapshots',
    message: say('The domain has snapshots; libvirt cannot migrate it.'),
  },
  {
    pattern: /has active block job/,
    code: 'active-block-job',
    message: say('A block job is active on a disk of the domain.'),
  },
  {
    pattern: /Cannot get interface MTU on/,
    code: 'bridge-exists',
    message: say('The destination has no bridge of that name.'),
  },
  {
    pattern: /no network with matching name|network '.*' is not active/,
    code: 'network-exists-active',
    message: say('A libvirt network of the domain is missing or inactive on the destination.'),
  },
  {
    pattern: /does not support machine type/,
    code: 'machine-type-supported',
    message: say('The destination’s QEMU does not know the machine type of the domain.'),
  },
  {
    pattern: /Cannot check QEMU binary/,
    code: 'emulator-exists',
    message: say('The destination does not have the emulator that the domain names.'),
  },
  {
    pattern:
      /incompatible with host CPU|does not provide required features|guest CPU doesn't match/,
    code: 'cpu-features-subset',
    message: say('The destination’s CPU lacks what the guest’s CPU needs.'),
  },
  {
    pattern: /Target .+ does not match source/,
    code: 'abi-stable-xml',
    message: say('The domain on the destination would be another machine than on the source.'),
  },
  {
    pattern: /cannot set up guest memory|Cannot allocate memory/,
    code: 'dest-memory-free',
    message: say('The destination does not have the memory for the guest.'),
  },
  {
    pattern: /No space left on device/,
    code: 'disk-dest-free-space',
    message: say('The destination has no space left for an image.'),
  },
  {
    pattern: /Migration option '.+' is not supported by QEMU/,
    code: 'qemu-cap-missing',
    message: say('A QEMU of the two hosts does not have a feature that the migration asks for.'),
  },
  {
    pattern: /Secret not found/,
    code: 'encryption-secret',
    message: say('The destination lacks a secret of an encrypted disk.'),
  },
  {
    pattern:
      /Unable to access credentials|Certificate does not match|failed validation|TLS handshake failed/,
    code: 'tls-certs-present',
    message: say('TLS certificates of the hosts are missing or do not fit.'),
  },
  {
    pattern: /load of migration failed/,
    code: 'qemu-version-not-older',
    message: say('The destination’s QEMU could not load the guest’s state.'),
  },
  {
    pattern: /cannot migrate domain: |non-migratable device/,
    code: 'qemu-migration-blockers',
    message: say('A device of the domain cannot be migrated.'),
  },
  {
    pattern: /cannot acquire state change lock/,
    code: 'no-admin-ops-during-migration',
    message: say('Another operation holds the domain.'),
  },
  {
    pattern:
      /Could not resolve hostname|Name or service not known|name resolution|No route to host|Connection refused|Permission denied|Host key verification failed|unable to connect to server|authentication failed|failed to connect to/i,
    code: 'connectivity-libvirtd',
    message: say('The source host cannot reach the destination’s libvirt under the given URI.'),
  },
  {
    pattern:
      /client socket is closed|Lost connection to destination|keepalive timeout|Unable to (?:read from|write to) socket|Connection reset by peer/,
    code: 'net-link-stable',
    message: say('The connection between the hosts broke.'),
  },
  {
    pattern: /domain is not running|failed to get domain|Domain not found/,
    code: 'active-domain-required',
    message: say('The domain was not running any more.'),
  },
];

/** What a text of libvirt means; without a fitting rule the text stands for itself. */
export function explain(text: string): Cause {
  const trimmed = text.trim();
  const found = explanations.find(({ pattern }) => pattern.test(trimmed));
  return {
    code: found?.code,
    message: found?.message ?? say('libvirt gave no reason that this version knows.'),
    text: trimmed,
  };
}

/**
 * True for texts that only say that the other end hung up. With `--p2p` the destination's own words
 * then stand in its log (seen with a machine type that it does not know).
 */
export function hidesCause(text: string): boolean {
  return /End of file while reading data|client socket is closed|Connection reset by peer/.test(
    text,
  );
}

/** Errors in a daemon's log (`daemonLogCommand`) from the last `withinMs`, oldest first. */
export function recentErrors(log: string, withinMs: number): readonly string[] {
  const [clock = '', ...lines] = log.split('\n');
  const now = Number(clock) * 1000;
  if (!Number.isFinite(now) || now === 0) return [];
  return lines.flatMap((line) => {
    const at = timeOf(line);
    if (at === undefined || now - at > withinMs) return [];
    // 2026-11-23 00:47:22.896+0000: 45: error : function:123 : the text
    const text = /: error : \S+:\d+ : (.*)$/.exec(line)?.[1] ?? /\]: (.*)$/.exec(line)?.[1];
    return text === undefined ? [] : [text];
  });
}

function timeOf(line: string): number | undefined {
  const unix = /^(\d{9,}\.\d+) /.exec(line)?.[1];
  if (unix !== undefined) return Number(unix) * 1000;
  const stamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})([+-]\d\d)(\d\d): /.exec(line);
  if (stamp === null) return undefined;
  const [, day = '', time = '', hours = '', minutes = ''] = stamp;
  const at = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return Number.isNaN(at) ? undefined : at;
}
