import type { Domain, Filesystem } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import { isOlder } from '../host/version.ts';
import { defineRule, meanwhile } from '../rule.ts';
import { inXml } from './devices.ts';

function shares(domain: Domain): readonly Filesystem[] {
  return domain.filesystems.filter(({ driver }) => driver?.value === 'virtiofs');
}

export default defineRule({
  id: 'virtiofs',
  severity: 'error',
  summary: say('A virtiofs share is one that can move.'),
  byDefinition: ['virtiofs'],
  needs: ['domain', 'source.versions'],
  since: 'libvirt 6.2.0; some shares can move in later 10.x and 11.x',
  check(migration, facts, report, wait) {
    const { libvirt } = facts['source.versions'];
    const older = isOlder(libvirt, '10.0.0');
    for (const { span, target } of shares(facts.domain)) {
      const at = migration.at(['domain']);
      const related = [inXml(facts.domain, span, say('the share'))];
      const tag = target?.value ?? '';
      if (older === undefined) {
        wait('source.versions', say('the versions of {0} cannot be read', migration.sourceName));
      } else if (older) {
        report({
          at,
          message: say(
            'The guest has the virtiofs share “{0}”; libvirt {1} on {2} refuses: “migration with virtiofs device is not supported”. Unmount it in the guest and detach it first.',
            tag,
            libvirt,
            migration.sourceName,
          ),
          related,
        });
      } else {
        report({
          severity: 'warning',
          at,
          message: say(
            'The guest has the virtiofs share “{0}”. libvirt {1} on {2} lets it move only where its virtiofsd can (“migrate-precopy”) or runs outside of libvirt, and {3} must export the same files; else it refuses with “migration with this virtiofs device is not supported”.',
            tag,
            libvirt,
            migration.sourceName,
            migration.destinationName,
          ),
          related,
        });
      }
    }
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      for (const { span, target } of shares(domain)) {
        report({
          severity: 'warning',
          at: migration.at(['domain']),
          message: say(
            'The guest has the virtiofs share “{0}”. libvirt before 10 refuses: “migration with virtiofs device is not supported”; later versions let some shares move. Unmount it in the guest and detach it first.',
            target?.value ?? '',
          ),
          related: [inXml(domain, span, say('the share'))],
        });
      }
    }),
  ],
});
