import { say } from '../messages.ts';
import {
  boolean,
  integer,
  list,
  map,
  object,
  oneOf,
  quantity,
  scalar,
  text,
} from './field-types.ts';
import { head } from './head-fields.ts';
import { storage } from './storage-fields.ts';

/** The table of `kind: Migration`; see `head-fields.ts` for what the tables are for. */

const ruleLevel = oneOf(
  {
    error: say('Fails a check and refuses a launch.'),
    warning: say('Is shown and does not refuse.'),
    info: say('Is shown as information.'),
    off: say('Is not checked.'),
  },
  { doc: say('Level of this rule for this file.') },
);

const policy = object(
  {
    mode: oneOf(
      {
        'pre-copy': say(
          'The guest runs on the source until the last pass; a failure leaves it there.',
        ),
        'post-copy-on-timeout': say(
          'Switches to post-copy when the timeout ends; after that a failure loses the guest.',
        ),
        'post-copy-after-first-pass': say(
          'Switches to post-copy after the first pass; after that a failure loses the guest.',
        ),
        'post-copy-by-hand': say(
          'Pre-copy that can be switched to post-copy while it runs (livemigrate postcopy).',
        ),
      },
      {
        doc: say('How memory is moved.'),
        default: 'pre-copy',
        option: '--postcopy, --postcopy-after-precopy',
        qmp: 'migrate-set-capabilities postcopy-ram',
        since: 'libvirt 1.3.3',
      },
    ),
    connection: oneOf(
      {
        'peer-to-peer': say(
          'The source’s libvirt daemon talks to the destination’s; the migration survives a lost editor or link.',
        ),
        managed: say('virsh controls both daemons; if virsh dies the migration is aborted.'),
        tunnelled: say('Migration data travels inside the libvirt connection.'),
      },
      {
        doc: say('Who controls the migration.'),
        default: 'peer-to-peer',
        option: '--p2p, --tunnelled',
        since: 'libvirt 0.7.2',
      },
    ),
    migrateUri: text({
      names: 'uri',
      doc: say('Address that the memory stream connects to, seen from the source host.'),
      example: 'tcp://10.9.0.2',
      option: '--migrateuri',
      pattern: /^(tcp|rdma|unix):.+$/,
    }),
    destinationName: text({
      doc: say('Name of the domain on the destination, when it is to be another one.'),
      example: 'web01-new',
      option: '--dname',
      since: 'libvirt 0.3.2',
      pattern: /^[^\s/.-][^\s/]*$/,
    }),
    persistent: boolean({
      doc: say('Keep the domain defined on the destination after it is shut off.'),
      default: 'true',
      option: '--persistent',
      since: 'libvirt 0.7.3',
    }),
    undefineSource: boolean({
      doc: say('Remove the definition from the source, so that nobody starts the guest twice.'),
      default: 'true',
      option: '--undefinesource',
      since: 'libvirt 0.7.3',
    }),
    bandwidth: quantity('rate', {
      doc: say(
        'Highest rate of the migration stream; libvirt counts in whole MiB/s. Each copied disk has the same limit of its own.',
      ),
      default: 'no limit',
      example: '500MiB/s',
      option: '--bandwidth',
      qmp: 'migrate-set-parameters max-bandwidth',
      since: 'libvirt 5.7.0',
      min: 1024 * 1024,
      max: 8796093022207 * 1024 * 1024,
      rangeRule: 'setspeed-range',
    }),
    maxDowntime: quantity('duration', {
      doc: say('Longest pause of the guest that QEMU may plan for at the end of pre-copy.'),
      default: '300ms',
      example: '500ms',
      option: 'migrate-setmaxdowntime',
      qmp: 'migrate-set-parameters downtime-limit',
      since: 'libvirt 0.8.0',
      min: 1,
      max: 2_000_000,
      rangeRule: 'setmaxdowntime-range',
    }),
    completionTimeout: quantity('duration', {
      doc: say('Time after which onTimeout happens.'),
      example: '30m',
      option: '--timeout',
      min: 1000,
      max: 2_147_483_000,
    }),
    onTimeout: oneOf(
      {
        suspend: say('The guest is paused until the migration is done: the pause has no bound.'),
        'post-copy': say(
          'The migration switches to post-copy; after that a failure loses the guest.',
        ),
        abort: say('The migration is cancelled; the guest goes on running on the source.'),
      },
      {
        doc: say('What happens when completionTimeout ends.'),
        default: 'abort',
        option: '--timeout-suspend, --timeout-postcopy',
        since: 'libvirt 1.3.3',
      },
    ),
    autoConverge: object(
      {
        initial: integer(1, 99, {
          doc: say('Percentage of the guest’s CPU time taken away at first.'),
          default: '20',
          option: '--auto-converge-initial',
          qmp: 'cpu-throttle-initial',
          since: 'libvirt 2.0.0',
        }),
        increment: integer(1, 99, {
          doc: say('Percentage added each time that was not enough, up to 99.'),
          default: '10',
          option: '--auto-converge-increment',
          qmp: 'cpu-throttle-increment',
          since: 'libvirt 2.0.0',
        }),
      },
      {
        switchable: true,
        doc: say('Slow the guest’s CPUs down until the migration converges.'),
        default: 'false',
        option: '--auto-converge',
        qmp: 'migrate-set-capabilities auto-converge',
        since: 'libvirt 1.2.3',
      },
    ),
    parallel: object(
      {
        connections: integer(1, 255, {
          doc: say('Number of connections that share the memory stream.'),
          default: '2',
          option: '--parallel-connections',
          qmp: 'multifd-channels',
          since: 'libvirt 5.2.0',
        }),
        cpuAffinity: text({
          names: 'cpus',
          doc: say('Host CPUs for the migration threads, as a CPU list.'),
          example: '2-3',
          pattern: /^\d+(-\d+)?(,\d+(-\d+)?)*$/,
        }),
      },
      {
        switchable: true,
        doc: say('Send memory over several connections (multifd).'),
        default: 'false',
        option: '--parallel',
        qmp: 'migrate-set-capabilities multifd',
        since: 'libvirt 5.2.0',
      },
    ),
    compression: object(
      {
        method: oneOf(
          {
            xbzrle: say(
              'Sends differences of pages that were sent before; helps only on re-sent pages.',
            ),
            mt: say('Multi-threaded zlib; removed in QEMU 9.1.'),
            zlib: say('zlib on parallel connections; needs parallel.'),
            zstd: say('Zstandard on parallel connections; needs parallel.'),
          },
          {
            doc: say('How pages are compressed.'),
            option: '--compressed --comp-methods',
            qmp: 'migrate-set-capabilities xbzrle, compress; multifd-compression',
            since: 'libvirt 1.3.4; zlib and zstd 9.4.0',
          },
        ),
        level: integer(0, 20, {
          doc: say('Compression level: 0 to 9 for zlib and mt, 0 to 20 for zstd.'),
          default: '1',
          option: '--comp-mt-level, --comp-zlib-level, --comp-zstd-level',
          qmp: 'compress-level, multifd-zlib-level, multifd-zstd-level',
          since: 'libvirt 1.3.4; zlib and zstd 9.4.0',
        }),
        threads: integer(1, 255, {
          doc: say('Threads that compress, on the source (mt only).'),
          default: '8',
          option: '--comp-mt-threads',
          qmp: 'compress-threads',
          since: 'libvirt 1.3.4',
        }),
        decompressThreads: integer(1, 255, {
          doc: say('Threads that decompress, on the destination (mt only).'),
          default: '2',
          option: '--comp-mt-dthreads',
          qmp: 'decompress-threads',
          since: 'libvirt 1.3.4',
        }),
        waitThread: boolean({
          doc: say(
            'Wait for a free compression thread instead of sending the page as it is (mt only).',
          ),
          default: 'true',
          qmp: 'compress-wait-thread',
        }),
        cacheSize: quantity('size', {
          doc: say('Cache of sent pages for xbzrle: a power of two.'),
          default: '64MiB',
          option: '--comp-xbzrle-cache',
          qmp: 'xbzrle-cache-size',
          since: 'libvirt 1.3.4',
          min: 4096,
        }),
      },
      {
        doc: say('Compress memory pages on the way.'),
        option: '--compressed',
        since: 'libvirt 1.0.3',
        required: ['method'],
      },
    ),
    tls: object(
      {
        verifyPeer: boolean({
          doc: say(
            'Require that the destination verifies the source’s certificate (migrate_tls_x509_verify).',
          ),
          default: 'true',
        }),
        destination: text({
          doc: say(
            'Host name that the destination’s certificate must carry, when it differs from the migration address.',
          ),
          example: 'kvm02.example.com',
          option: '--tls-destination',
          qmp: 'tls-hostname',
          since: 'libvirt 6.0.0',
        }),
      },
      {
        switchable: true,
        doc: say('Encrypt memory and disk streams with TLS.'),
        default: 'false',
        option: '--tls',
        qmp: 'migrate-set-parameters tls-creds',
        since: 'libvirt 3.2.0',
      },
    ),
    unsafe: object(
      {
        reason: text({
          doc: say('Why the checks may be skipped; it is recorded with the run.'),
          example: 'cache=writeback, guest quiesced',
        }),
      },
      {
        doc: say('Skip libvirt’s own disk-safety checks. Absent means safe.'),
        option: '--unsafe',
        since: 'libvirt 0.9.11',
      },
    ),
    parameters: map(scalar({ doc: say('Value of the QMP parameter.') }), {
      keys: 'parameter',
      doc: say('Raw QMP migration parameters, set on the source before the migration.'),
      qmp: 'migrate-set-parameters',
      since: 'QEMU 2.4',
      example: '{ xbzrle-cache-size: 64MiB }',
    }),
  },
  { doc: say('How the migration is carried out.') },
);

const preflight = object(
  {
    maxAge: quantity('duration', {
      doc: say('Facts older than this are collected anew before they count.'),
      default: '10m',
      example: '10m',
      min: 1000,
    }),
    dirtyRate: object(
      {
        mode: oneOf(
          {
            'page-sampling': say('Compares samples of pages; works on every host.'),
            'dirty-bitmap': say(
              'Counts pages in the dirty bitmap; exact, but kills guests under software emulation on some QEMU versions.',
            ),
            'dirty-ring': say('Counts pages per vCPU; needs a guest started with the dirty ring.'),
          },
          {
            doc: say('How the dirty rate is measured.'),
            default: 'page-sampling',
            option: 'domdirtyrate-calc --mode',
            qmp: 'calc-dirty-rate mode',
            since: 'QEMU 6.2',
          },
        ),
        calcTime: quantity('duration', {
          doc: say('Length of one measurement, in whole seconds.'),
          default: '1s',
          example: '1s',
          option: 'domdirtyrate-calc --seconds',
          qmp: 'calc-dirty-rate calc-time',
          since: 'libvirt 7.2.0, QEMU 5.2',
          min: 1000,
          max: 60_000,
        }),
        samples: integer(1, 100, {
          doc: say('Number of measurements; the spread tells how steady the guest is.'),
          default: '5',
        }),
      },
      { doc: say('The measurement of the dirty rate before a launch.') },
    ),
    storageProbe: boolean({
      doc: say(
        'Prove shared storage with a file that is made beside each image on the source, looked for on the destination and removed.',
      ),
      default: 'false',
    }),
    guestAgent: oneOf(
      {
        required: say('The guest agent must answer.'),
        'if-present': say('The guest agent must answer when the domain has its channel.'),
        ignore: say('The guest agent is not asked.'),
      },
      {
        doc: say('Whether the guest agent takes part in the health check.'),
        default: 'if-present',
      },
    ),
  },
  { doc: say('What is checked and measured before a launch.') },
);

const network = object(
  {
    mac: text({
      names: 'mac',
      doc: say('MAC address of the guest’s network interface.'),
      example: '"52:54:00:12:34:56"',
      pattern: /^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/,
    }),
    segment: text({
      doc: say(
        'The layer-2 segment that the interface must find on the destination, as a network address or a name.',
      ),
      example: '10.1.0.0/24',
    }),
  },
  { doc: say('One network interface of the guest.'), required: ['mac', 'segment'] },
);

/** `kind: Migration` */
export const migrationFields = object(
  {
    ...head,
    domain: text({
      names: 'domain',
      doc: say('Name of the domain to move, as virsh list prints it.'),
      example: 'openEulerVM',
    }),
    domainXml: text({
      names: 'file',
      doc: say(
        'Domain XML beside this file; with it every static check works with no host at hand.',
      ),
      example: './openEulerVM.domain.xml',
    }),
    source: text({
      names: 'host',
      doc: say('Host that the domain runs on: a name from the inventory or a libvirt URI.'),
      example: 'kvm01',
    }),
    destination: text({
      names: 'host',
      doc: say('Host that the domain moves to: a name from the inventory or a libvirt URI.'),
      example: 'kvm02',
    }),
    storage,
    networks: list(network, {
      identity: 'mac',
      doc: say('Network segments that the guest must find again.'),
    }),
    policy,
    preflight,
    rules: map(ruleLevel, { keys: 'rule-id', doc: say('Levels of single rules for this file.') }),
  },
  {
    doc: say('A migration: one domain from one host to another.'),
    required: ['apiVersion', 'kind', 'domain', 'source', 'destination'],
  },
);

/**
 * Spellings that were or are written elsewhere for the same thing; each is offered as a fix. With its
 * place where several mappings have such a key.
 */
export const otherSpellings: Readonly<Record<string, string>> = {
  from: 'source',
  to: 'destination',
  src: 'source',
  dst: 'destination',
  dest: 'destination',
  vm: 'domain',
  downtime: 'maxDowntime',
  timeout: 'completionTimeout',
  speed: 'bandwidth',
  multifd: 'parallel',
  postcopy: 'policy.mode',
  'post-copy': 'policy.mode',
};
