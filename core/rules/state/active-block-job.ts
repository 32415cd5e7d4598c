import type { Domain } from '../../domain/domain.ts';
import { readDomain } from '../../domain/read.ts';
import { say } from '../../messages.ts';
import { parseXml } from '../../xml/parse.ts';
import { attribute, child, children } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { jobKind } from './job.ts';

/** Disks that live XML shows with a mirror: copies and active commits, not pulls. */
function mirrored(domain: Domain | undefined): readonly string[] {
  return children(domain?.root, 'devices')
    .flatMap((devices) => children(devices, 'disk'))
    .flatMap((disk) => {
      const target = child(disk, 'target');
      const name = target === undefined ? undefined : attribute(target, 'dev')?.value;
      return child(disk, 'mirror') === undefined || name === undefined ? [] : [name];
    });
}

export default defineRule({
  id: 'active-block-job',
  severity: 'warning',
  summary: say('No block job is at work on the domain’s disks.'),
  needs: ['source.domain'],
  since: 'libvirt 1.0.0',
  check(migration, facts, report, wait) {
    const { blockJobs, job, name, state, xml } = facts['source.domain'];
    const busy = [
      ...new Set([...(blockJobs ?? []), ...mirrored(readDomain('live', parseXml(xml)).domain)]),
    ];
    const at = migration.at(['domain']);
    if (busy.length > 0) {
      report({
        severity: 'error',
        at,
        message: say(
          'A block job is at work on {1} of {0}; libvirt refuses with “domain has active block job”. Wait for its end, or finish it: virsh blockjob {0} {2} --abort (--pivot to keep what it made).',
          name,
          busy.join(', '),
          busy[0] ?? '',
        ),
      });
    } else if (job !== undefined && jobKind(job) === 'backup') {
      report({
        severity: 'error',
        at,
        message: say(
          'A backup of {0} is running; libvirt refuses with “domain has active block job”. Wait for its end, or cancel it: virsh domjobabort {0}',
          name,
        ),
      });
    } else if (blockJobs === undefined && state !== 'shut off') {
      wait('source.domain', say('the block jobs of {0} are not known', name));
    }
  },
});
