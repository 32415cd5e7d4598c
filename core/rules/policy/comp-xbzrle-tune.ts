import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'comp-xbzrle-tune',
  severity: 'error',
  summary: say('A compression cache is set for the method xbzrle only.'),
  needs: [],
  since: 'libvirt 1.3.4',
  check(migration, _facts, report) {
    const compression = migration.model.policy?.compression;
    const method = compression?.method?.value;
    const cache = compression?.cacheSize;
    if (cache === undefined || method === undefined || method === 'xbzrle') return;
    report({
      at: cache.span,
      message: say(
        '“{0}” belongs to the method xbzrle; with {1} libvirt refuses: “Turn xbzrle compression on to tune it”.',
        'cacheSize',
        method,
      ),
      fix: {
        title: say('Remove “{0}”', 'cacheSize'),
        remove: ['policy', 'compression', 'cacheSize'],
      },
    });
  },
});
