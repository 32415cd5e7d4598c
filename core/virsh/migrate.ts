import type { Command } from './command.ts';
import { virsh } from './domain-commands.ts';

/** `virsh migrate` as the planner decides it; each member becomes the options of its name. */
export interface MigrateOptions {
  readonly domainUuid: string;
  readonly destinationUri: string;
  /** Who carries the migration; peer-to-peer when absent. */
  readonly connection?: 'peer-to-peer' | 'managed' | 'tunnelled' | undefined;
  /** The domain's name on the destination, when it is another one. */
  readonly destinationName?: string | undefined;
  readonly persistent: boolean;
  readonly undefineSource: boolean;
  /** What libvirt copies of the disks that `copyDisks` lists. */
  readonly copyStorage: 'all' | 'incremental';
  /** Targets to copy; always listed, so that libvirt copies what the plan says and nothing else. */
  readonly copyDisks: readonly string[];
  /** Whole MiB/s, 1 to 8796093022207. */
  readonly bandwidthMiB?: number | undefined;
  readonly autoConverge?:
    { readonly initial: number | undefined; readonly increment: number | undefined } | undefined;
  readonly parallel?: { readonly connections: number | undefined } | undefined;
  readonly compression?: Compression | undefined;
  /** `by-hand`: only `virsh migrate-postcopy` switches. */
  readonly postCopy?: 'by-hand' | 'after-first-pass' | 'on-timeout' | undefined;
  /** Seconds after which virsh suspends the guest or switches to post-copy. */
  readonly timeout?:
    { readonly seconds: number; readonly action: 'suspend' | 'post-copy' } | undefined;
  readonly migrateUri?: string | undefined;
  readonly tls?: { readonly destination: string | undefined } | undefined;
  /** The destination's domain and its definition come from files; see `domainFiles`. */
  readonly ownXml?: { readonly persistent: boolean } | undefined;
  readonly unsafe: boolean;
}

export type Compression =
  | { readonly method: 'xbzrle'; readonly cacheBytes: number | undefined }
  | {
      readonly method: 'mt';
      readonly level: number | undefined;
      readonly threads: number | undefined;
      readonly decompressThreads: number | undefined;
    }
  | { readonly method: 'zlib' | 'zstd'; readonly level: number | undefined };

/**
 * Names of the files with the destination's domain, below the folder in which virsh runs: the XML
 * holds what only root may read, so it is in no plan and no argument; the run writes it there.
 */
export const domainFiles = {
  live: 'destination.xml',
  persistent: 'destination-persistent.xml',
} as const;

/**
 * The command line of a live migration. Peer-to-peer: the source's daemon carries the migration, so
 * the end of virsh does not end it (managed migrations abort).
 */
export function migrateCommand(options: MigrateOptions): Command {
  return virsh(
    'migrate',
    '--live',
    ...connectionArguments(options),
    ...(options.destinationName === undefined ? [] : ['--dname', options.destinationName]),
    ...(options.persistent ? ['--persistent'] : []),
    ...(options.undefineSource ? ['--undefinesource'] : []),
    ...storageArguments(options),
    ...number('--bandwidth', options.bandwidthMiB),
    ...memoryArguments(options),
    ...timeoutArguments(options),
    ...(options.migrateUri === undefined ? [] : ['--migrateuri', options.migrateUri]),
    ...tlsArguments(options),
    ...(options.unsafe ? ['--unsafe'] : []),
    '--domain',
    options.domainUuid,
    '--desturi',
    options.destinationUri,
  );
}

/** `virsh migrate-postcopy`: from now on the guest runs on the destination, and there is no way back. */
export function switchToPostCopyCommand(uuid: string): Command {
  return virsh('migrate-postcopy', '--domain', uuid);
}

/** The same migration again, to go on with a post-copy that was interrupted (libvirt 8.5). */
export function resumePostCopyCommand(migrate: Command): Command {
  const [program, ...args] = migrate.argv;
  const at = args.indexOf('--postcopy');
  if (at < 0) throw new Error('only a migration with --postcopy can be resumed');
  // The timer and the automatic switch belong to the phase that is over.
  const kept = without(without(args, '--postcopy-after-precopy', 0), '--timeout', 1);
  const rest = without(kept, '--timeout-postcopy', 0);
  const place = rest.indexOf('--postcopy') + 1;
  return {
    ...migrate,
    argv: [program, ...rest.slice(0, place), '--postcopy-resume', ...rest.slice(place)],
  };
}

function without(args: readonly string[], option: string, values: number): readonly string[] {
  const at = args.indexOf(option);
  return at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 1 + values)];
}

/** Long options of `virsh migrate` in a command line, without the dashes. */
export function migrateOptionsOf({ argv }: Command): readonly string[] {
  const start = argv.indexOf('migrate');
  return argv.slice(start + 1).flatMap((word) => (word.startsWith('--') ? [word.slice(2)] : []));
}

function connectionArguments({ connection }: MigrateOptions): readonly string[] {
  if (connection === 'managed') return [];
  return connection === 'tunnelled' ? ['--p2p', '--tunnelled'] : ['--p2p'];
}

function storageArguments({ copyDisks, copyStorage, ownXml }: MigrateOptions): readonly string[] {
  const copy = copyStorage === 'incremental' ? '--copy-storage-inc' : '--copy-storage-all';
  return [
    ...(copyDisks.length === 0 ? [] : [copy, '--migrate-disks', copyDisks.join(',')]),
    ...(ownXml === undefined ? [] : ['--xml', domainFiles.live]),
    // With --xml alone the definition that stays on the destination keeps the old paths.
    ...(ownXml?.persistent === true ? ['--persistent-xml', domainFiles.persistent] : []),
  ];
}

function memoryArguments(options: MigrateOptions): readonly string[] {
  const { autoConverge, parallel, compression, postCopy } = options;
  return [
    ...(autoConverge === undefined
      ? []
      : [
          '--auto-converge',
          ...number('--auto-converge-initial', autoConverge.initial),
          ...number('--auto-converge-increment', autoConverge.increment),
        ]),
    ...(parallel === undefined
      ? []
      : ['--parallel', ...number('--parallel-connections', parallel.connections)]),
    ...(compression === undefined ? [] : compressionArguments(compression)),
    ...(postCopy === undefined ? [] : ['--postcopy']),
    ...(postCopy === 'after-first-pass' ? ['--postcopy-after-precopy'] : []),
  ];
}

function compressionArguments(compression: Compression): readonly string[] {
  const { method } = compression;
  const chosen = ['--compressed', '--comp-methods', method];
  switch (method) {
    case 'xbzrle':
      return [...chosen, ...number('--comp-xbzrle-cache', compression.cacheBytes)];
    case 'mt':
      return [
        ...chosen,
        ...number('--comp-mt-level', compression.level),
        ...number('--comp-mt-threads', compression.threads),
        ...number('--comp-mt-dthreads', compression.decompressThreads),
      ];
    case 'zlib':
    case 'zstd':
      return [...chosen, ...number(`--comp-${method}-level`, compression.level)];
  }
}

function timeoutArguments({ timeout }: MigrateOptions): readonly string[] {
  if (timeout === undefined) return [];
  const action = timeout.action === 'suspend' ? '--timeout-suspend' : '--timeout-postcopy';
  return ['--timeout', String(timeout.seconds), action];
}

function tlsArguments({ tls }: MigrateOptions): readonly string[] {
  if (tls === undefined) return [];
  return tls.destination === undefined
    ? ['--tls']
    : ['--tls', '--tls-destination', tls.destination];
}

function number(option: string, value: number | undefined): readonly string[] {
  return value === undefined ? [] : [option, String(value)];
}
