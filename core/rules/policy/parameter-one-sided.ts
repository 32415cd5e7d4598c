import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import type { MigrationView, Report } from '../rule.ts';
import { asksFor, qmpParameters } from './qmp-parameters.ts';
import type { QmpParameter } from './qmp-parameters.ts';

/** QEMU's own values, with which libvirt starts the destination. */
const freshValues: Readonly<Record<string, string | number>> = {
  'multifd-channels': 2,
  'multifd-compression': 'none',
};

function verdict(
  migration: MigrationView,
  name: string,
  value: string | number | boolean,
): Pick<Report, 'message' | 'severity'> | undefined {
  const known = qmpParameters.get(name);
  // What has no effect at all is another rule's finding.
  if (known?.feature !== undefined && !asksFor(known.feature, migration)) return undefined;
  if (known?.side === 'destination') {
    return { severity: 'warning', message: destinationOnly(name, known, migration) };
  }
  if (known?.side !== 'both' || value === freshValues[name]) return undefined;
  // With its key libvirt sets both sides.
  if (known.key !== undefined && migration.has(known.key)) return undefined;
  return {
    message: say(
      'The parameter {0} must be the same on both sides, and this file sets it on the source alone; QEMU on {1} starts with {2}, and the migration hangs or fails. Use {3}, which libvirt sets on both.',
      name,
      migration.destinationName,
      freshValues[name] ?? '',
      known.key?.join('.') ?? '',
    ),
  };
}

function destinationOnly(name: string, known: QmpParameter, migration: MigrationView): Message {
  return known.key === undefined
    ? say(
        'Only the destination’s QEMU reads the parameter {0}, and libvirt starts that one anew on {1}: set on the source it has no effect.',
        name,
        migration.destinationName,
      )
    : say(
        'Only the destination’s QEMU reads the parameter {0}, and libvirt starts that one anew on {1}: set on the source it has no effect. Use {2}.',
        name,
        migration.destinationName,
        known.key.join('.'),
      );
}

export default defineRule({
  id: 'parameter-one-sided',
  severity: 'error',
  summary: say('A parameter that counts on the destination is not set on the source alone.'),
  needs: [],
  check(migration, _facts, report) {
    for (const { key, value } of migration.model.policy?.parameters?.entries ?? []) {
      const found = verdict(migration, key.value, value.value);
      if (found === undefined) continue;
      report({
        ...found,
        at: key.span,
        fix: { title: say('Remove “{0}”', key.value), remove: ['policy', 'parameters', key.value] },
      });
    }
  },
});
