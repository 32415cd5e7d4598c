import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'compress-param-without-capability',
  severity: 'error',
  summary: say('Compression parameters take effect only with compression switched on.'),
  needs: [],
  check(migration, _facts, report) {
    const method = migration.model.policy?.compression?.method?.value;
    if (method === 'mt') return;
    for (const { key } of migration.model.policy?.parameters?.entries ?? []) {
      if (!/^(compress-(level|threads|wait-thread|method)|decompress-threads)$/.test(key.value))
        continue;
      report({
        at: key.span,
        message: say(
          'The parameter {0} has no effect: libvirt switches QEMU’s compression off unless the migration asks for the method mt, so openEuler’s recipe of setting it beforehand changes nothing. Use policy.compression.',
          key.value,
        ),
        fix: { title: say('Remove “{0}”', key.value), remove: ['policy', 'parameters', key.value] },
      });
    }
  },
});
