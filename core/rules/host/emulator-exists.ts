import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'emulator-exists',
  severity: 'warning',
  summary: say('The destination has the guest’s emulator.'),
  needs: ['domain', 'destination.files', 'destination.emulation'],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const { emulator, arch } = domain;
    if (emulator === undefined) return;
    const answer = facts['destination.files'].get(emulator.value);
    if (answer?.ok !== true) {
      wait(
        'destination.files',
        say('{0} was not looked at on {1}', emulator.value, migration.destinationName),
      );
      return;
    }
    if (answer.value.kind === 'file') return;
    const own = facts['destination.emulation'].emulators.find(
      (each) => arch === undefined || each.arch === arch.value,
    );
    const related = [
      { uri: domain.uri, span: emulator.span, message: say('the guest’s emulator') },
    ];
    report({
      severity: 'error',
      at: migration.at(['destination']),
      message:
        own === undefined
          ? say(
              'The guest runs with {0}, which {1} does not have: “Cannot check QEMU binary {0}: No such file or directory”. Install QEMU there.',
              emulator.value,
              migration.destinationName,
            )
          : say(
              'The guest runs with {0}, which {1} does not have: “Cannot check QEMU binary {0}: No such file or directory”. QEMU is {2} there: make a link, or give the guest that emulator before it is started.',
              emulator.value,
              migration.destinationName,
              own.path,
            ),
      related,
    });
  },
});
