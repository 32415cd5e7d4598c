import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';
import { parseQuantity } from '../../units/quantity.ts';
import { defineRule } from '../rule.ts';
import type { MigrationView } from '../rule.ts';
import { qmpParameters } from './qmp-parameters.ts';
import type { QmpParameter } from './qmp-parameters.ts';

type Value = string | number | boolean;

/** QEMU's own value of cpu-throttle-initial, per cent. */
const throttleInitial = 20;

function fault(name: string, known: QmpParameter, value: Value): Message | undefined {
  switch (known.kind) {
    case 'other':
      return undefined;
    case 'boolean':
      return typeof value === 'boolean'
        ? undefined
        : say('The parameter {0} is true or false; {1} is neither.', name, String(value));
    case 'text':
      return typeof value === 'string' && known.values?.includes(value) !== false
        ? undefined
        : say(
            'The parameter {0} does not take {1}; its values are: {2}.',
            name,
            String(value),
            known.values?.join(', ') ?? '',
          );
    case 'integer':
    case 'size':
      return numberFault(name, known, value);
  }
}

function numberFault(name: string, known: QmpParameter, value: Value): Message | undefined {
  const amount = known.kind === 'size' ? bytes(name, value) : value;
  if (typeof amount !== 'number' || !Number.isInteger(amount)) {
    return known.kind === 'size'
      ? say('The parameter {0} counts whole bytes; {1} is no such number.', name, String(value))
      : say('The parameter {0} is a whole number; {1} is none.', name, String(value));
  }
  if (name === 'xbzrle-cache-size') {
    return amount >= 4096 && Number.isInteger(Math.log2(amount))
      ? undefined
      : say(
          "The parameter {0} is {1}, but QEMU takes only powers of two: “Parameter 'xbzrle_cache_size' expects a power of two no less than the target page size”.",
          name,
          String(value),
        );
  }
  const { min = 0, max = Infinity } = known;
  if (amount >= min && amount <= max) return undefined;
  return max === Infinity
    ? say('The parameter {0} is at least {1}; {2} is less.', name, min, amount)
    : say('The parameter {0} lies between {1} and {2}; QEMU refuses {3}.', name, min, max, amount);
}

/** Bytes, and bytes per second, may be written with a unit. */
function bytes(name: string, value: Value): Value | undefined {
  if (typeof value !== 'string') return value;
  const read = parseQuantity(value, name.includes('bandwidth') ? 'rate' : 'size');
  return read.ok ? read.quantity.amount : undefined;
}

/** The throttle may not end below where it begins. */
function throttleFault(migration: MigrationView, name: string, value: Value): Message | undefined {
  if (name !== 'max-cpu-throttle' || typeof value !== 'number') return undefined;
  const policy = migration.model.policy;
  const set = policy?.parameters?.entries.find(({ key }) => key.value === 'cpu-throttle-initial');
  const initial = policy?.autoConverge?.initial?.value ?? set?.value.value ?? throttleInitial;
  if (typeof initial !== 'number' || value >= initial) return undefined;
  return say(
    'The parameter {0} is {1}, less than the {2} % that the throttle begins with; QEMU refuses it.',
    name,
    value,
    initial,
  );
}

export default defineRule({
  id: 'parameter-range',
  severity: 'error',
  summary: say('A raw QMP parameter has a value that QEMU takes.'),
  needs: [],
  check(migration, _facts, report) {
    for (const { key, value } of migration.model.policy?.parameters?.entries ?? []) {
      const known = qmpParameters.get(key.value);
      if (known === undefined) continue;
      const message =
        fault(key.value, known, value.value) ?? throttleFault(migration, key.value, value.value);
      if (message === undefined) continue;
      report({
        at: value.span,
        message,
        fix: { title: say('Remove “{0}”', key.value), remove: ['policy', 'parameters', key.value] },
      });
    }
  },
});
