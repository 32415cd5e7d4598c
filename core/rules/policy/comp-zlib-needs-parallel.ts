import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isTunnelled } from './policy.ts';

export default defineRule({
  id: 'comp-zlib-needs-parallel',
  severity: 'error',
  summary: say('zlib and zstd compression need parallel connections.'),
  needs: [],
  since: 'libvirt 9.4.0',
  check(migration, _facts, report) {
    const policy = migration.model.policy;
    const method = policy?.compression?.method;
    if (method?.value !== 'zlib' && method?.value !== 'zstd') return;
    if (policy?.parallel !== undefined) return;
    report({
      at: method.span,
      message: say(
        "libvirt compresses with {0} on parallel connections alone: “Compression method '{0}' is only supported with parallel migration”. Add parallel.",
        method.value,
      ),
      ...(isTunnelled(migration)
        ? {}
        : { fix: { title: say('Add parallel connections'), set: [['policy', 'parallel'], true] } }),
    });
  },
});
