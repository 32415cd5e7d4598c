import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

function plain(uuid: string): string {
  return uuid.toLowerCase().replaceAll('-', '');
}

export default defineRule({
  id: 'uuid-name-conflict',
  severity: 'error',
  summary: say('No other domain of the destination has the guest’s name or UUID.'),
  needs: ['domain', 'destination.domains'],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const renamed = migration.model.policy?.destinationName?.value;
    const name = renamed ?? domain.name?.value ?? migration.domainName;
    const uuid = domain.uuid?.value;
    const host = migration.destinationName;
    const at = migration.at(['domain']);
    for (const other of facts['destination.domains']) {
      const sameName = other.name === name;
      if (uuid === undefined) {
        if (sameName)
          wait('domain', say('the domain XML has no UUID, and {0} has a domain {1}', host, name));
        continue;
      }
      const sameUuid = plain(other.uuid) === plain(uuid);
      if (sameName && !sameUuid) {
        report({
          at,
          message: say(
            "{0} has another domain {1} with the UUID {2}; libvirt refuses with “domain '{1}' already exists with uuid {2}”. Rename or undefine it there.",
            host,
            name,
            other.uuid,
          ),
        });
      } else if (sameUuid && !sameName) {
        report({
          at,
          message: say(
            "{0} has a domain {1} with the UUID of {2}; libvirt refuses with “domain '{1}' is already defined with uuid”. Undefine it there.",
            host,
            other.name,
            name,
          ),
        });
      } else if (sameUuid && other.state !== 'shut off') {
        report({
          at,
          message: say(
            '{1} is active on {0} already ({2}). If it is the same guest, it runs twice; find out which one is right before anything else.',
            host,
            name,
            other.state,
          ),
        });
      }
    }
  },
});
