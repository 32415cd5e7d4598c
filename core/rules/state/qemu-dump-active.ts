import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { jobKind } from './job.ts';

export default defineRule({
  id: 'qemu-dump-active',
  severity: 'error',
  summary: say('The guest’s memory is not being dumped.'),
  needs: ['source.domain'],
  check(migration, facts, report) {
    const { job, name } = facts['source.domain'];
    if (job === undefined || jobKind(job) !== 'dump') return;
    report({
      at: migration.at(['domain']),
      message: say(
        'The memory of {0} is being dumped ({1}): “Live migration disabled: dump-guest-memory in progress”. Wait until virsh dump has ended.',
        name,
        job,
      ),
    });
  },
});
