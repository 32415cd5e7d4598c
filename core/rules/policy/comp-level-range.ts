import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'comp-level-range',
  severity: 'error',
  summary: say('The compression level is one that the method has.'),
  needs: [],
  check(migration, _facts, report) {
    const compression = migration.model.policy?.compression;
    const method = compression?.method?.value;
    const level = compression?.level;
    if (level === undefined || method === undefined) return;
    if (method === 'xbzrle') {
      report({
        at: level.span,
        message: say('xbzrle has no compression level.'),
        fix: { title: say('Remove “{0}”', 'level'), remove: ['policy', 'compression', 'level'] },
      });
    } else if (method !== 'zstd' && level.value > 9) {
      report({
        at: level.span,
        message: say('The levels of {0} end at 9; {1} exists with zstd only.', method, level.value),
        fix: { title: say('Change to “{0}”', 9), set: [['policy', 'compression', 'level'], 9] },
      });
    }
  },
});
