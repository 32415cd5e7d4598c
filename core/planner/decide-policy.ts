import type { Policy } from '../descriptor/model.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { MigrationView } from '../rules/rule.ts';
import { formatRate } from '../units/quantity.ts';
import type { MigrateOptions } from '../virsh/migrate.ts';
import type { ParameterValues } from '../virsh/migration-parameters.ts';
import { decideConnection } from './decide-connection.ts';
import { decideParameters } from './decide-parameters.ts';
import { decideStream } from './decide-stream.ts';
import { decideTimeout } from './decide-timeout.ts';
import type { Refusal } from './plan.ts';

type PolicyOptions = Pick<
  MigrateOptions,
  | 'connection'
  | 'persistent'
  | 'undefineSource'
  | 'bandwidthMiB'
  | 'autoConverge'
  | 'parallel'
  | 'compression'
  | 'postCopy'
  | 'timeout'
  | 'migrateUri'
  | 'tls'
  | 'unsafe'
>;

/** `policy` as options of virsh, and what of it lies outside of virsh. */
export interface PolicyDecisions {
  readonly options: PolicyOptions;
  /** Milliseconds until the run aborts the migration. */
  readonly abortAfter: number | undefined;
  readonly maxDowntimeMs: number | undefined;
  /** Raw parameters of the source's QEMU. */
  readonly parameters: ParameterValues;
  readonly unsafeReason: string | undefined;
  readonly assumptions: readonly Message[];
  readonly refusals: readonly Refusal[];
}

/** What a decision about one key of `policy` may add to. */
export interface PolicyContext {
  readonly assume: (message: Message) => void;
  /** `key` is the key below `policy`. */
  readonly refuse: (key: string, code: string, message: Message) => void;
}

const mebibyte = 1024 * 1024;

/** Turns `policy` into options. Whatever of it this version does not carry out is refused by name. */
export function decidePolicy(
  view: MigrationView,
  migrationAddress: string | undefined,
): PolicyDecisions {
  const policy = view.model.policy;
  const assumptions: Message[] = [];
  const refusals: Refusal[] = [];
  const context: PolicyContext = {
    assume: (message) => assumptions.push(message),
    refuse: (key, code, message) =>
      refusals.push({ path: ['policy', ...key.split('.')], code, message }),
  };
  const connection = decideConnection(view, context);
  const decided = decideTimeout(policy, context);
  const persistent = policy?.persistent?.value ?? true;
  const undefineSource = policy?.undefineSource?.value ?? true;
  if (!persistent && undefineSource) {
    assumptions.push(
      say('After the migration no host keeps a definition: when the guest shuts down, it is gone.'),
    );
  }
  if (!undefineSource) {
    assumptions.push(
      say('The source keeps its definition; nobody starts the domain there a second time.'),
    );
  }
  return {
    options: {
      persistent,
      undefineSource,
      bandwidthMiB: decideBandwidth(policy, assumptions, refusals),
      autoConverge:
        policy?.autoConverge === undefined
          ? undefined
          : {
              initial: policy.autoConverge.initial?.value,
              increment: policy.autoConverge.increment?.value,
            },
      postCopy: decided.postCopy,
      timeout: decided.timeout,
      ...decideStream(policy, context),
      connection,
      migrateUri:
        connection === 'tunnelled'
          ? undefined
          : decideMigrateUri(policy, migrationAddress, refusals),
      unsafe: policy?.unsafe !== undefined,
    },
    abortAfter: decided.abortAfter,
    maxDowntimeMs: decideDowntime(policy, assumptions, refusals),
    parameters: decideParameters(view, context),
    unsafeReason: decideUnsafe(policy, refusals),
    assumptions,
    refusals,
  };
}

function decideBandwidth(
  policy: Policy | undefined,
  assumptions: Message[],
  refusals: Refusal[],
): number | undefined {
  const asked = policy?.bandwidth?.value;
  if (asked === undefined) return undefined;
  // Down, never up: the file states an upper limit.
  const whole = Math.floor(asked.amount / mebibyte);
  if (whole < 1 || whole > 8796093022207) {
    refusals.push({
      path: ['policy', 'bandwidth'],
      code: 'setspeed-range',
      message: say(
        'libvirt takes whole MiB/s from 1 to 8796093022207; “{0}” is outside.',
        asked.source,
      ),
    });
    return undefined;
  }
  if (whole * mebibyte !== asked.amount) {
    assumptions.push(
      say(
        'libvirt counts bandwidth in whole MiB/s: {0} becomes {1}.',
        asked.source,
        formatRate(whole * mebibyte),
      ),
    );
  }
  return whole;
}

function decideDowntime(
  policy: Policy | undefined,
  assumptions: Message[],
  refusals: Refusal[],
): number | undefined {
  const asked = policy?.maxDowntime?.value;
  if (asked === undefined) return undefined;
  const whole = Math.floor(asked.amount);
  if (whole < 1 || whole > 2_000_000) {
    refusals.push({
      path: ['policy', 'maxDowntime'],
      code: 'setmaxdowntime-range',
      message: say('QEMU takes a downtime of 1 to 2000000 ms; “{0}” is outside.', asked.source),
    });
    return undefined;
  }
  if (whole !== asked.amount) {
    assumptions.push(
      say('QEMU counts downtime in whole milliseconds: {0} becomes {1} ms.', asked.source, whole),
    );
  }
  return whole;
}

/** An IPv6 address needs brackets in a URI. */
function decideMigrateUri(
  policy: Policy | undefined,
  migrationAddress: string | undefined,
  refusals: Refusal[],
): string | undefined {
  const written = policy?.migrateUri?.value;
  const uri =
    written ??
    (migrationAddress === undefined
      ? undefined
      : `tcp://${migrationAddress.includes(':') && !migrationAddress.startsWith('[') ? `[${migrationAddress}]` : migrationAddress}`);
  if (uri === undefined || /^tcp:(\/\/)?[^\s/-][^\s/]*\/?$/.test(uri)) return uri;
  refusals.push(
    written === undefined
      ? {
          path: ['destination'],
          code: 'uri-scheme',
          message: say(
            'The inventory’s migrationAddress “{0}” is not an address.',
            migrationAddress ?? '',
          ),
        }
      : {
          path: ['policy', 'migrateUri'],
          code: 'not-carried-out',
          message: say(
            'migrateUri “{0}”: this version carries out tcp://ADDRESS[:PORT] only.',
            written,
          ),
        },
  );
  return undefined;
}

function decideUnsafe(policy: Policy | undefined, refusals: Refusal[]): string | undefined {
  if (policy?.unsafe === undefined) return undefined;
  const reason = policy.unsafe.reason?.value.trim() ?? '';
  if (reason !== '') return reason;
  refusals.push({
    path: ['policy', 'unsafe'],
    code: 'unsafe-needs-reason',
    message: say('“unsafe” needs a reason; it is recorded with the run.'),
  });
  return undefined;
}
