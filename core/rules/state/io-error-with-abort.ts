import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'io-error-with-abort',
  severity: 'error',
  summary: say('The guest is not paused by an I/O error.'),
  needs: ['source.domain'],
  since: 'libvirt 1.0.6',
  check(migration, facts, report) {
    const { name, state, reason } = facts['source.domain'];
    if (state !== 'paused' || !/i\/o error/i.test(reason ?? '')) return;
    report({
      at: migration.at(['domain']),
      message: say(
        '{0} is paused because a disk of it failed (“I/O error”). Its data is not safe to move: libvirt refuses with “cannot migrate domain with I/O error” where --abort-on-error is given, and moves the fault otherwise. See virsh domblkerror {0}, mend the storage of {1}, then virsh resume {0}.',
        name,
        migration.sourceName,
      ),
    });
  },
});
