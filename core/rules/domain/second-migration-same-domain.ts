import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { jobKind } from '../state/job.ts';

export default defineRule({
  id: 'second-migration-same-domain',
  severity: 'error',
  summary: say('No job is active on the domain.'),
  needs: ['source.domain'],
  since: 'libvirt 0.9',
  check(migration, facts, report) {
    const { job, name } = facts['source.domain'];
    if (job === undefined || jobKind(job) !== 'job') return;
    report({
      at: migration.at(['domain']),
      message: say(
        'A job is active on {0}: {1}. libvirt allows one at a time; wait for its end, or cancel it (virsh domjobabort {0}).',
        name,
        job,
      ),
    });
  },
});
