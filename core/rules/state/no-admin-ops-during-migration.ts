import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { jobKind } from './job.ts';

export default defineRule({
  id: 'no-admin-ops-during-migration',
  severity: 'error',
  summary: say('Nobody else is changing the domain.'),
  needs: ['source.domain'],
  since: 'libvirt 0.9',
  check(migration, facts, report) {
    const { job, name } = facts['source.domain'];
    if (job === undefined || jobKind(job) !== 'lock') return;
    report({
      at: migration.at(['domain']),
      message: say(
        'Another operation holds {0}: {1}. libvirt lets one operation change a domain at a time. Find out what it waits for (a guest agent, a hung disk), and start when it has ended; while the guest migrates, do not attach, resize, snapshot or shut it down.',
        name,
        job,
      ),
    });
  },
});
