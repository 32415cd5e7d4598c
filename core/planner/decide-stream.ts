import type { Policy } from '../descriptor/model.ts';
import { say } from '../messages.ts';
import type { Compression, MigrateOptions } from '../virsh/migrate.ts';
import type { PolicyContext } from './decide-policy.ts';

type Written = NonNullable<Policy['compression']>;

/** How memory travels: over how many connections, compressed how, encrypted or not. */
export function decideStream(
  policy: Policy | undefined,
  context: PolicyContext,
): Pick<MigrateOptions, 'parallel' | 'compression' | 'tls'> {
  const parallel = policy?.parallel;
  return {
    parallel: parallel === undefined ? undefined : { connections: parallel.connections?.value },
    compression:
      policy?.compression === undefined
        ? undefined
        : decideCompression(policy.compression, parallel !== undefined, context),
    tls: decideTls(policy, context),
  };
}

function decideCompression(
  written: Written,
  parallel: boolean,
  context: PolicyContext,
): Compression | undefined {
  const method = written.method?.value;
  if (method === undefined) return undefined;
  refuseForeignKeys(written, method, context);
  const level = written.level?.value;
  if (method === 'zlib' || method === 'zstd') {
    if (!parallel) {
      context.refuse(
        'compression',
        'comp-zlib-needs-parallel',
        say('Compression with {0} works on parallel connections only; add parallel.', method),
      );
    }
    return { method, level };
  }
  if (parallel) {
    context.refuse(
      'compression',
      'comp-mt-xbzrle-parallel',
      say('Compression with {0} does not work on parallel connections.', method),
    );
  }
  if (method === 'xbzrle') return { method, cacheBytes: cacheBytes(written, context) };
  return {
    method,
    level,
    threads: written.threads?.value,
    decompressThreads: written.decompressThreads?.value,
  };
}

/** A key that its method does not know would be left out without a word; it is refused instead. */
function refuseForeignKeys(
  written: Written,
  method: Compression['method'],
  { refuse }: PolicyContext,
): void {
  const forMt = ['threads', 'decompressThreads', 'waitThread'] as const;
  const foreign = [
    ...(method === 'mt' ? [] : forMt.filter((key) => written[key] !== undefined)),
    ...(method === 'xbzrle' && written.level !== undefined ? ['level'] : []),
    ...(method !== 'xbzrle' && written.cacheSize !== undefined ? ['cacheSize'] : []),
  ];
  for (const key of foreign) {
    refuse(
      'compression',
      key === 'cacheSize' ? 'comp-xbzrle-tune' : 'comp-mt-tune',
      say('compression.{0} has no effect with the method {1}.', key, method),
    );
  }
  const level = written.level?.value ?? 0;
  if (method !== 'zstd' && level > 9) {
    refuse(
      'compression',
      'comp-level-range',
      say('The highest level of {0} is 9; the file says {1}.', method, level),
    );
  }
}

function cacheBytes(written: Written, { refuse }: PolicyContext): number | undefined {
  const size = written.cacheSize?.value;
  if (size === undefined) return undefined;
  if (size.amount < 4096 || !Number.isInteger(Math.log2(size.amount))) {
    refuse(
      'compression',
      'xbzrle-cache-power-of-two',
      say(
        'The cache of xbzrle is a power of two of at least a page; the file says {0}.',
        size.source,
      ),
    );
  }
  return size.amount;
}

function decideTls(policy: Policy | undefined, context: PolicyContext): MigrateOptions['tls'] {
  const tls = policy?.tls;
  if (tls === undefined) return undefined;
  const destination = tls.destination?.value.trim();
  if (destination !== undefined && !/^[A-Za-z0-9:][A-Za-z0-9.:_-]*$/.test(destination)) {
    context.refuse(
      'tls',
      'tls-hostname-mismatch',
      say('“{0}” is no name that a certificate could carry.', destination),
    );
  }
  context.assume(
    say(
      'Memory and disks travel encrypted. The connection between the libvirt daemons is as safe as its own URI.',
    ),
  );
  if (tls.verifyPeer?.value !== false) {
    context.assume(
      say(
        'The destination asks for the source’s certificate (migrate_tls_x509_verify in qemu.conf).',
      ),
    );
  }
  return { destination };
}
