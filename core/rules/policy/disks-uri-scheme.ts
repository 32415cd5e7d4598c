import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { asksForCopy } from './policy.ts';

export default defineRule({
  id: 'disks-uri-scheme',
  severity: 'error',
  summary: say('Disks that are copied have an address to go to.'),
  needs: [],
  since: 'libvirt 6.8.0',
  check(migration, _facts, report) {
    const uri = migration.model.policy?.migrateUri;
    if (uri?.value.startsWith('unix:') !== true || !asksForCopy(migration)) return;
    report({
      at: uri.span,
      message: say(
        'The memory goes through a UNIX socket, and the copied disks have no address of their own: “NBD URI must be supplied when migration URI uses UNIX transport method”. This file cannot give one; use a tcp:// address.',
      ),
    });
  },
});
