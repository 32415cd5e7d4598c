import type { LaunchSecurity } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Report } from '../rule.ts';

function refusal(
  migration: MigrationView,
  uri: string,
  security: LaunchSecurity,
): Omit<Report, 'severity'> {
  return {
    at: migration.at(['domain']),
    message: say(
      'The guest’s memory is encrypted for the processor of {0} ({1}), and QEMU cannot move it: “SEV: Migration is not implemented” and the like. Shut the guest down to move it.',
      migration.sourceName,
      security.type?.value ?? 'launchSecurity',
    ),
    related: [{ uri, span: security.span, message: say('the protection of memory') }],
  };
}

export default defineRule({
  id: 'launch-security',
  severity: 'error',
  summary: say('A confidential guest cannot be migrated live.'),
  byDefinition: ['launchSecurity'],
  needs: ['domain', 'source.cpu'],
  check(migration, facts, report) {
    const { domain } = facts;
    const security = domain.launchSecurity;
    if (security === undefined) return;
    const { vendor, modelName } = facts['source.cpu'];
    const hygon = /hygon/i.test(`${vendor ?? ''} ${modelName ?? ''}`);
    if (!hygon || security.type?.value !== 'sev') {
      report(refusal(migration, domain.uri, security));
      return;
    }
    report({
      severity: 'warning',
      at: migration.at(['domain']),
      message: say(
        'The guest’s memory is encrypted for the processor of {0}. Upstream QEMU cannot move it; openEuler’s QEMU can on Hygon processors (CSV), with parameters that this file cannot give. Try it with a guest that may be lost.',
        migration.sourceName,
      ),
      related: [{ uri: domain.uri, span: security.span, message: say('the protection of memory') }],
    });
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      const security = domain.launchSecurity;
      if (security === undefined) return;
      report({
        ...refusal(migration, domain.uri, security),
        severity: security.type?.value === 'sev' ? 'warning' : 'error',
      });
    }),
  ],
});
