import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Reporter } from '../rule.ts';

/** True when the file itself sets another algorithm. */
function reportFile(migration: MigrationView, report: Reporter): boolean {
  if (migration.model.policy?.compression?.method?.value !== 'mt') return false;
  for (const { key, value } of migration.model.policy.parameters?.entries ?? []) {
    if (key.value !== 'compress-method') continue;
    if (value.value !== 'zlib') {
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
    return true;
  }
  return false;
}

export default defineRule({
  id: 'compress-method-destination-mismatch',
  severity: 'error',
  summary: say('Both ends of a compressed migration use one algorithm.'),
  needs: ['source.domain'],
  since: 'openEuler QEMU 4.1',
  check(migration, facts, report) {
    if (reportFile(migration, report)) return;
    const method = migration.model.policy?.compression?.method;
    const set = facts['source.domain'].parameters?.['compress-method'];
    if (method?.value !== 'mt' || set === undefined || set === 'zlib') return;
    report({
      at: method.span,
      message: say(
        'QEMU of {0} has compress-method {1}, set by hand; QEMU on {2} is started with zlib and cannot decompress it: “decompress data failed”. Set it back to zlib, or use compression method zstd with parallel.',
        facts['source.domain'].name,
        String(set),
        migration.destinationName,
      ),
    });
  },
  meanwhile: [
    meanwhile([], (migration, _facts, report) => {
      reportFile(migration, report);
    }),
  ],
});
