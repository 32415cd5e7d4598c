import { hostFiles } from '../../facts/host-files.ts';
import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import { inXml } from './devices.ts';

export default defineRule({
  id: 'file-backed-devices',
  severity: 'info',
  summary: say('Files of the host that the guest uses besides disks are on both hosts.'),
  needs: ['domain', 'destination.files'],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const host = migration.destinationName;
    for (const { path, span, use } of hostFiles(domain)) {
      if (use === 'emulator' || use === 'state') continue;
      const answer = facts['destination.files'].get(path);
      if (answer?.ok !== true) {
        wait('destination.files', say('{0} was not looked at on {1}', path, host));
      } else if (answer.value.kind === 'missing') {
        report({
          severity: 'error',
          at: migration.at(['destination']),
          message:
            use === 'folder'
              ? say(
                  'The guest writes into a file below {0}, a directory that {1} does not have; QEMU there does not start: “No such file or directory”. Make the directory.',
                  path,
                  host,
                )
              : say(
                  'The guest uses {0}, which {1} does not have; QEMU there does not start: “No such file or directory”. Put it there, or take it out of the domain.',
                  path,
                  host,
                ),
          related: [inXml(domain, span, say('the path'))],
        });
      }
    }
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      for (const { path, span, use } of hostFiles(domain)) {
        if (use !== 'needed') continue;
        report({
          at: migration.at(['domain']),
          message: say(
            'The guest uses {0} of {1}; {2} must have it under the same path, or QEMU there does not start: “No such file or directory”.',
            path,
            migration.sourceName,
            migration.destinationName,
          ),
          related: [inXml(domain, span, say('the path'))],
        });
      }
    }),
  ],
});
