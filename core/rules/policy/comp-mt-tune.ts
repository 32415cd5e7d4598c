import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'comp-mt-tune',
  severity: 'error',
  summary: say('Threads of compression are set for the method mt only.'),
  needs: [],
  since: 'libvirt 1.3.4',
  check(migration, _facts, report) {
    const compression = migration.model.policy?.compression;
    const method = compression?.method?.value;
    if (compression === undefined || method === undefined || method === 'mt') return;
    for (const key of ['threads', 'decompressThreads', 'waitThread'] as const) {
      const value = compression[key];
      if (value === undefined) continue;
      report({
        at: value.span,
        message: say(
          '“{0}” belongs to the method mt; with {1} libvirt refuses: “Turn multithread compression on to tune it”.',
          key,
          method,
        ),
        fix: { title: say('Remove “{0}”', key), remove: ['policy', 'compression', key] },
      });
    }
  },
});
