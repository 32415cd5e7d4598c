import type { QemuConfiguration } from '../../facts/host-facts.ts';

/**
 * Reads the lines of qemu.conf that concern migration (virconf: `key = value`, text in quotes, lists in
 * brackets over any number of lines), with libvirt's defaults for the rest
 * (src/qemu/qemu.conf.in; qemuMigrationPortMin, …Max).
 */
export function parseQemuConf(text: string): QemuConfiguration {
  const entries = readEntries(text);
  const number = (key: string): number | undefined => {
    const value = entries.get(key);
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
  };
  const string = (key: string): string | undefined => {
    const value = /^(["'])(.*)\1$/.exec(entries.get(key) ?? '')?.[2];
    return value === '' ? undefined : value;
  };
  const flag = (key: string): boolean | undefined => {
    const value = number(key);
    return value === undefined ? undefined : value !== 0;
  };
  return {
    migrationPorts: {
      first: number('migration_port_min') ?? 49152,
      last: number('migration_port_max') ?? 49215,
    },
    migrationAddress: string('migration_address'),
    migrationHost: string('migration_host'),
    tlsVerify: flag('migrate_tls_x509_verify') ?? flag('default_tls_x509_verify') ?? true,
    tlsForce: flag('migrate_tls_force') ?? false,
    lockManager: string('lock_manager'),
    sharedFilesystems: [
      ...(entries.get('shared_filesystems') ?? '').matchAll(/"([^"]*)"/g),
    ].flatMap((match) => match[1] ?? []),
    user: string('user'),
  };
}

/** Key → value as written, without comments; the last of equal keys counts. */
function readEntries(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  let open: { readonly key: string; value: string } | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (open !== undefined) {
      open.value += ` ${line}`;
    } else {
      const match = /^([a-z0-9_]+)\s*=\s*(.*)$/.exec(line);
      if (match?.[1] === undefined) continue;
      open = { key: match[1], value: match[2] ?? '' };
    }
    if (open.value.startsWith('[') && !open.value.includes(']')) continue;
    entries.set(open.key, withoutComment(open.value));
    open = undefined;
  }
  return entries;
}

/** `1 # why` → `1`; a sign within quotes belongs to the text. */
function withoutComment(value: string): string {
  return (/^("[^"]*"|'[^']*'|\[[^\]]*\]|[^#]*)/.exec(value)?.[1] ?? value).trim();
}
