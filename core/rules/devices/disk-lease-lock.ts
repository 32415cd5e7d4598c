import type { Domain } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Reporter } from '../rule.ts';
import { devices, inXml } from './devices.ts';

function reportLeases(migration: MigrationView, domain: Domain, report: Reporter): void {
  for (const lease of devices(domain, 'lease')) {
    report({
      at: migration.at(['domain']),
      message: say(
        'The guest holds the lease “{0}”. {1} must have the same lock_manager in qemu.conf and reach the same lockspace “{2}”, or the migration fails when the lock is taken over.',
        child(lease, 'key')?.text.value ?? '',
        migration.destinationName,
        child(lease, 'lockspace')?.text.value ?? '',
      ),
      related: [inXml(domain, lease.startTagSpan, say('the lease'))],
    });
  }
}

export default defineRule({
  id: 'disk-lease-lock',
  severity: 'warning',
  summary: say('Both hosts use the same lock manager for the guest’s leases.'),
  needs: ['domain', 'source.configuration', 'destination.configuration'],
  since: 'libvirt 0.9',
  check(migration, facts, report) {
    const here = facts['source.configuration'].lockManager;
    const there = facts['destination.configuration'].lockManager;
    // virtlockd locks disks without a lease, so other managers matter for every guest.
    if (here !== there) {
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message: say(
          'lock_manager in qemu.conf is {1} on {0} and {3} on {2}: the locks of the guest’s disks cannot be handed over, and two hosts with one of them locking protect nothing. Set the same on both.',
          migration.sourceName,
          here ?? '-',
          migration.destinationName,
          there ?? '-',
        ),
        evidence: ['source.configuration', 'destination.configuration'],
      });
    } else reportLeases(migration, facts.domain, report);
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      reportLeases(migration, domain, report);
    }),
  ],
});
