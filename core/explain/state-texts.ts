import { say } from '../messages.ts';
import type { FailureText } from './failure-text.ts';

/** State and rights: vague texts that often stand beside a more telling one, so they come last. */
export const stateTexts: readonly FailureText[] = [
  {
    code: 'no-admin-ops-during-migration',
    pattern: /cannot acquire state change lock/,
    says: 'Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainMigratePerform3Params)',
    at: ['domain'],
    cause: say(
      'Another operation holds the domain; during a migration libvirt lets nothing else change it and gives up after 30 s.',
    ),
    remedy: say('Wait for the end of the other operation, or cancel it with virsh domjobabort.'),
  },
  {
    code: 'user-permission',
    pattern:
      /operation (?:\S+ )?forbidden(?::| for) read only access|authentication unavailable|access denied by/,
    says: 'operation forbidden: read only access prevents virDomainMigratePerform3Params',
    at: ['source'],
    cause: say(
      'The user may not migrate: the connection is read-only or the policy of the host forbids it.',
    ),
    remedy: say('Connect as a user that may manage libvirt (group libvirt, or root).'),
  },
  {
    code: 'guest-power-op-during-migration',
    pattern: /operation failed: domain is not running/,
    says: 'operation failed: domain is not running',
    at: ['domain'],
    cause: say('The guest was switched off, or destroyed, while it was being migrated.'),
    remedy: say('Start it where its disks are, and launch again while nobody switches it off.'),
  },
  {
    code: 'active-domain-required',
    pattern: /domain is not running/,
    says: 'Requested operation is not valid: domain is not running',
    at: ['domain'],
    cause: say('The domain does not run; only a running domain can be migrated live.'),
    remedy: say('Start the domain first.'),
  },
  {
    code: 'domain-not-on-source',
    pattern: /failed to get domain|Domain not found/,
    says: "failed to get domain 'vm1'",
    at: ['domain'],
    cause: say('The source has no domain of this name.'),
    remedy: say('Correct the name (capital letters count) or the source.'),
  },
  {
    code: 'file-backed-devices',
    pattern: /No such file or directory/,
    says: "unable to open '/srv/console.log': No such file or directory",
    at: ['destination'],
    cause: say('The destination lacks a file that the domain names.'),
    remedy: say('Create it there, or change the path.'),
  },
];
