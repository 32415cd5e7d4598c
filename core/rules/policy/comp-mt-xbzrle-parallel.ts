import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'comp-mt-xbzrle-parallel',
  severity: 'error',
  summary: say('xbzrle and mt compression do not work on parallel connections.'),
  needs: [],
  since: 'libvirt 9.4',
  check(migration, _facts, report) {
    const policy = migration.model.policy;
    const method = policy?.compression?.method;
    if (method?.value !== 'mt' && method?.value !== 'xbzrle') return;
    if (policy?.parallel === undefined) return;
    report({
      at: method.span,
      message: say(
        "Compression with {0} does not work on parallel connections: “Compression method '{0}' isn't supported with parallel migration”. Use zstd or zlib, or leave parallel out.",
        method.value,
      ),
      fix: { title: say('Remove “parallel”'), remove: ['policy', 'parallel'] },
    });
  },
});
