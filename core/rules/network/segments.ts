import type { HostInterface } from '../../facts/host-facts.ts';
import type { LibvirtNetwork } from '../../facts/snapshot.ts';
import type { NetworkInterface } from '../../domain/domain.ts';

/** What a guest's interface is connected to on one host, as far as the host tells. */
export type Attachment =
  /** A bridge, or the interface below a macvtap. */
  | {
      readonly kind: 'link';
      readonly link: HostInterface;
      readonly uplinks: readonly HostInterface[];
    }
  /** A network that each host has for itself: NAT, routed or isolated. */
  | { readonly kind: 'private'; readonly mode: string }
  | { readonly kind: 'unknown' };

/** Devices that guests and libvirt itself plug into a bridge: no way out of the host. */
const inner: ReadonlySet<string> = new Set(['tun', 'macvtap', 'dummy', 'ifb']);

/** Finds what an interface of the guest is connected to on a host. */
export function attachmentOf(
  nic: NetworkInterface,
  links: readonly HostInterface[],
  networks: readonly LibvirtNetwork[],
): Attachment {
  const name = nic.source?.value;
  if (name === undefined) return { kind: 'unknown' };
  if (nic.type.value !== 'network') return linkNamed(name, links);
  const network = networks.find((candidate) => candidate.name === name);
  if (network?.forward === undefined) return { kind: 'unknown' };
  if (['nat', 'route', 'open', 'none'].includes(network.forward))
    return { kind: 'private', mode: network.forward };
  return network.bridge === undefined ? { kind: 'unknown' } : linkNamed(network.bridge, links);
}

function linkNamed(name: string, links: readonly HostInterface[]): Attachment {
  const link = links.find((candidate) => candidate.name === name);
  if (link === undefined) return { kind: 'unknown' };
  const uplinks =
    link.kind === 'bridge'
      ? links.filter(({ master, kind }) => master === name && !inner.has(kind ?? ''))
      : [link];
  return { kind: 'link', link, uplinks };
}

export type Comparison =
  | { readonly verdict: 'same' | 'unknown' }
  /** Router and tag: proof that the two are not one segment. Way out and subnets: strong signs. */
  | {
      readonly verdict: 'different';
      readonly by: 'router' | 'vlan' | 'uplink' | 'subnet';
      readonly here: string;
      readonly there: string;
    };

/** Compares what a guest is connected to on two hosts. */
export function compareLinks(
  here: Extract<Attachment, { kind: 'link' }>,
  there: Extract<Attachment, { kind: 'link' }>,
): Comparison {
  const router = compareRouters(here.link, there.link);
  if (router !== undefined) return router;
  const [tagsHere, tagsThere] = [tagsOf(here), tagsOf(there)];
  if (here.uplinks.length > 0 && there.uplinks.length === 0)
    return {
      verdict: 'different',
      by: 'uplink',
      here: here.uplinks.map(({ name }) => name).join(', '),
      there: '-',
    };
  if (
    tagsHere !== undefined &&
    tagsThere !== undefined &&
    !tagsHere.some((tag) => tagsThere.includes(tag))
  )
    return {
      verdict: 'different',
      by: 'vlan',
      here: tagsHere.join(', '),
      there: tagsThere.join(', '),
    };
  return compareSubnets(here.link, there.link);
}

/** One router by two hardware addresses is two routers; by one it is proof of one segment. */
function compareRouters(here: HostInterface, there: HostInterface): Comparison | undefined {
  for (const { address, mac } of here.gateways) {
    const other = there.gateways.find((gateway) => gateway.address === address)?.mac;
    if (mac === undefined || other === undefined) continue;
    return mac === other
      ? { verdict: 'same' }
      : {
          verdict: 'different',
          by: 'router',
          here: `${address} ${mac}`,
          there: `${address} ${other}`,
        };
  }
  return undefined;
}

/** VLAN tags when every way out has one; an untagged port may be in any VLAN of the switch. */
function tagsOf({ uplinks }: Extract<Attachment, { kind: 'link' }>): readonly number[] | undefined {
  const tags = uplinks.map(({ vlan }) => vlan);
  return tags.length === 0 || tags.includes(undefined)
    ? undefined
    : tags.filter((tag) => tag !== undefined);
}

function compareSubnets(here: HostInterface, there: HostInterface): Comparison {
  const [first, second] = [subnetsOf(here), subnetsOf(there)];
  if (first.length === 0 || second.length === 0) return { verdict: 'unknown' };
  if (first.some((subnet) => second.includes(subnet))) return { verdict: 'same' };
  return {
    verdict: 'different',
    by: 'subnet',
    here: first.join(', '),
    there: second.join(', '),
  };
}

/** IPv4 subnets of an interface, as `10.1.0.0/24`. */
export function subnetsOf({ addresses }: HostInterface): readonly string[] {
  return addresses.flatMap((address) => subnetOf(address) ?? []);
}

/** `10.1.0.7/24` → `10.1.0.0/24`; undefined for anything but IPv4 with a prefix. */
export function subnetOf(address: string): string | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(address);
  if (match === null) return undefined;
  const parts = match.slice(1, 5).map(Number);
  const length = Number(match[5]);
  if (length > 32 || parts.some((part) => part > 255)) return undefined;
  const bits = parts.map((part, index) => {
    const kept = Math.min(8, Math.max(0, length - index * 8));
    return part & (256 - 2 ** (8 - kept));
  });
  return `${bits.join('.')}/${String(length)}`;
}
