import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'compress-method-destination-mismatch',
  severity: 'error',
  summary: say('Both ends of a compressed migration use one algorithm.'),
  needs: [],
  since: 'openEuler QEMU 4.1',
  check(migration, _facts, report) {
    if (migration.model.policy?.compression?.method?.value !== 'mt') return;
    for (const { key, value } of migration.model.policy.parameters?.entries ?? []) {
      if (key.value !== 'compress-method' || value.value === 'zlib') continue;
      report({
        at: value.span,
        message: say(
          'The parameter compress-method reaches the source alone; QEMU on {0} is started with zlib and cannot decompress {1}: “decompress data failed”. Use compression method zstd with parallel.',
          migration.destinationName,
          String(value.value),
        ),
        fix: { title: say('Remove “{0}”', key.value), remove: ['policy', 'parameters', key.value] },
      });
    }
  },
});
