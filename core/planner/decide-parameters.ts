import type { Policy } from '../descriptor/model.ts';
import { say } from '../messages.ts';
import { alwaysOverwritten, asksFor, qmpParameters } from '../rules/policy/qmp-parameters.ts';
import type { QmpParameter } from '../rules/policy/qmp-parameters.ts';
import type { MigrationView } from '../rules/rule.ts';
import { parseQuantity } from '../units/quantity.ts';
import type { ParameterValues } from '../virsh/migration-parameters.ts';
import type { PolicyContext } from './decide-policy.ts';

type Value = string | number | boolean;

/**
 * Raw parameters that a run sets on the source's QEMU before the launch: those that libvirt leaves
 * alone and that count there. Everything else is refused by name, for it would have no effect, be
 * overwritten, or leave the two ends with different values.
 */
export function decideParameters(view: MigrationView, context: PolicyContext): ParameterValues {
  const policy = view.model.policy;
  const values: Record<string, Value> = {};
  for (const { key, value } of policy?.parameters?.entries ?? []) {
    const name = key.value;
    const decided = decideOne(name, value.value, { view, context });
    if (decided !== undefined) values[name] = decided;
  }
  const wait = policy?.compression?.waitThread?.value;
  if (wait !== undefined) values['compress-wait-thread'] = wait;
  return values;
}

interface With {
  readonly view: MigrationView;
  readonly context: PolicyContext;
}

/** QEMU takes them, but with them a migration is another thing than the plan says. */
const neverSet = /^(x-.*|mode|direct-io|cpr-.*|block-.*|vcpu-dirty-limit)$/;

function decideOne(name: string, value: Value, { view, context }: With): Value | undefined {
  const { refuse, assume } = context;
  const known = qmpParameters.get(name);
  const overwritten = alwaysOverwritten[name];
  if (overwritten !== undefined) {
    refuse(
      'parameters',
      'parameter-overwritten',
      say('libvirt sets the parameter {0} in every migration; use {1}.', name, overwritten),
    );
    return undefined;
  }
  if (known === undefined || neverSet.test(name)) {
    refuse(
      'parameters',
      known === undefined ? 'parameter-unknown' : 'not-carried-out',
      say('The parameter {0} is not one that a run sets.', name),
    );
    return undefined;
  }
  if (known.side !== undefined) {
    refuse(
      'parameters',
      'parameter-one-sided',
      say(
        'The parameter {0} counts on the destination, whose QEMU is started anew; it cannot be set there.',
        name,
      ),
    );
    return undefined;
  }
  if (known.key !== undefined && isWritten(known.key, view.model.policy)) {
    refuse(
      'parameters',
      'parameter-overwritten',
      say('The parameter {0} is set by {1} already.', name, known.key.join('.')),
    );
    return undefined;
  }
  const typed = typedValue(name, known, value);
  if (typed === undefined) {
    refuse(
      'parameters',
      'parameter-range',
      say('The parameter {0} does not take {1}.', name, String(value)),
    );
    return undefined;
  }
  if (known.feature !== undefined && !asksFor(known.feature, view)) {
    assume(
      say('The parameter {0} has no effect: the file does not ask for {1}.', name, known.feature),
    );
  }
  return typed;
}

function isWritten(key: readonly string[], policy: Policy | undefined): boolean {
  let at: unknown = { policy };
  for (const name of key) {
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined;
  }
  return at !== undefined;
}

/** QEMU takes no text for a number; sizes, rates and times may be written with their units. */
function typedValue(name: string, known: QmpParameter, value: Value): Value | undefined {
  switch (known.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'text':
      return typeof value === 'string' && known.values?.includes(value) !== false
        ? value
        : undefined;
    case 'integer':
    case 'size':
      return inRange(amountOf(value, /bandwidth/.test(name) ? ['rate', 'size'] : ['size']), known);
    case 'other':
      return name === 'downtime-limit'
        ? inRange(amountOf(value, ['duration']), { kind: 'integer', min: 1, max: 2_000_000 })
        : undefined;
  }
}

function amountOf(
  value: Value,
  dimensions: readonly ('rate' | 'size' | 'duration')[],
): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return undefined;
  for (const dimension of dimensions) {
    const read = parseQuantity(value, dimension);
    if (read.ok) return read.quantity.amount;
  }
  return undefined;
}

function inRange(amount: number | undefined, { min = 0, max }: QmpParameter): number | undefined {
  if (amount === undefined || !Number.isSafeInteger(amount)) return undefined;
  return amount < min || amount > (max ?? Number.MAX_SAFE_INTEGER) ? undefined : amount;
}
