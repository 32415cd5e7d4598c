import type { NetworkInterface } from '../../domain/domain.ts';
import type { FactTypes } from '../../facts/keys.ts';
import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import type { MigrationView, Report, Reporter, Wait } from '../rule.ts';
import { attachmentOf, compareLinks, subnetOf, subnetsOf } from './segments.ts';
import type { Attachment, Comparison } from './segments.ts';

type Link = Extract<Attachment, { kind: 'link' }>;
type Different = Extract<Comparison, { verdict: 'different' }>;

interface Around {
  readonly migration: MigrationView;
  readonly domain: FactTypes['domain'];
  readonly report: Reporter;
  readonly wait: Wait<'destination.interfaces'>;
}

/** Entry of `networks` for the guest's interface. */
function declared({ model }: MigrationView, nic: NetworkInterface) {
  const mac = nic.mac?.value.toLowerCase();
  return model.networks?.items.find((item) => item.mac?.value.toLowerCase() === mac);
}

/**
 * Judges by what the file says the segment is; true when that settled it. A segment that is a name
 * says nothing that a host could confirm.
 */
function checkDeclared(nic: NetworkInterface, there: Link, around: Around): boolean {
  const { migration, report } = around;
  const segment = declared(migration, nic)?.segment;
  const wanted = segment === undefined ? undefined : subnetOf(segment.value);
  const found = subnetsOf(there.link);
  if (segment === undefined || wanted === undefined || found.length === 0) return false;
  if (found.includes(wanted)) return true;
  report({
    severity: 'error',
    at: segment.span,
    message: say(
      'The interface {0} must find the segment {1}, but {2} of {3} is in {4}: the guest would lose its network, and libvirt does not check this.',
      nic.mac?.value ?? '-',
      segment.value,
      there.link.name,
      migration.destinationName,
      found.join(', '),
    ),
  });
  return true;
}

function words(
  { by, here, there }: Different,
  around: Around,
  names: readonly [string, string],
): Message {
  const { sourceName, destinationName } = around.migration;
  const args = [names[0], sourceName, here, names[1], destinationName, there] as const;
  switch (by) {
    case 'router':
      return say(
        '{0} on {1} and {3} on {4} are not one network: the router is {2} for one and {5} for the other. The migration succeeds, and the guest loses its network; libvirt does not check this.',
        ...args,
      );
    case 'vlan':
      return say(
        '{0} on {1} leads into VLAN {2}, {3} on {4} into VLAN {5}. The migration succeeds, and the guest loses its network; libvirt does not check this.',
        ...args,
      );
    case 'uplink':
      return say(
        '{0} on {1} leads out through {2}, but {3} on {4} has no way out of its host. The migration succeeds, and the guest loses its network; libvirt does not check this.',
        ...args,
      );
    case 'subnet':
      return say(
        '{0} on {1} is in {2}, {3} on {4} in {5}: probably two networks, and the guest would lose its own; libvirt does not check this. If they are one segment, say so in networks.',
        ...args,
      );
  }
}

function checkLinks(nic: NetworkInterface, here: Link, there: Link, around: Around): void {
  const { migration, domain, report, wait } = around;
  const related: Report['related'] = [
    { uri: domain.uri, span: nic.source?.span ?? nic.span, message: say('the guest’s interface') },
  ];
  const at = migration.at(['destination']);
  const [mtuHere, mtuThere] = [here.link.mtu, there.link.mtu];
  if (mtuHere !== undefined && mtuThere !== undefined && mtuThere < mtuHere) {
    report({
      at,
      message: say(
        '{0} has an MTU of {1} on {2} and of {3} on {4}: the guest goes on sending packets of the old size, and large ones are lost.',
        there.link.name,
        mtuHere,
        migration.sourceName,
        mtuThere,
        migration.destinationName,
      ),
      related,
    });
  }
  if (checkDeclared(nic, there, around)) return;
  const compared = compareLinks(here, there);
  if (compared.verdict === 'unknown') {
    wait(
      'destination.interfaces',
      say(
        'nothing shows whether {0} on {1} and on {2} is one network; say in networks which segment it is',
        there.link.name,
        migration.sourceName,
        migration.destinationName,
      ),
    );
  } else if (compared.verdict === 'different') {
    report({
      ...(compared.by === 'router' || compared.by === 'vlan' ? { severity: 'error' } : {}),
      at,
      message: words(compared, around, [here.link.name, there.link.name]),
      related,
    });
  }
}

export default defineRule({
  id: 'same-l2-segment',
  severity: 'warning',
  summary: say('The guest finds the network it had: the same segment on both hosts.'),
  needs: [
    'domain',
    'source.interfaces',
    'destination.interfaces',
    'source.networks',
    'destination.networks',
  ],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const around = { migration, domain, report, wait };
    for (const nic of domain.interfaces) {
      if (!['bridge', 'network', 'direct'].includes(nic.type.value)) continue;
      const here = attachmentOf(nic, facts['source.interfaces'], facts['source.networks']);
      const there = attachmentOf(
        nic,
        facts['destination.interfaces'],
        facts['destination.networks'],
      );
      if (there.kind === 'link' && here.kind === 'link') {
        checkLinks(nic, here, there, around);
      } else if (there.kind === 'private' && nic.source !== undefined) {
        report({
          at: migration.at(['destination']),
          message: say(
            'The libvirt network {0} is each host’s own (forward mode {1}): connections of the guest through {2} break, and what reached it there does not find it on {3}. Use a bridged network for guests that migrate.',
            nic.source.value,
            there.mode,
            migration.sourceName,
            migration.destinationName,
          ),
          related: [
            { uri: domain.uri, span: nic.source.span, message: say('the guest’s network') },
          ],
        });
      } else {
        wait(
          'destination.interfaces',
          say(
            'what {0} is connected to is not known on both hosts',
            nic.source?.value ?? nic.mac?.value ?? '-',
          ),
        );
      }
    }
  },
});
