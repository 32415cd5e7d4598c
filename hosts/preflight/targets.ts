import type { ListedHost } from '../../core/service/surroundings.ts';
import type { HostTarget } from '../ssh/target.ts';

/**
 * Where to connect for a host as a descriptor names it: the inventory's entry, or the host part of
 * a libvirt URI. Undefined when the name is in no inventory and is no remote URI.
 */
export function targetFor(
  named: string,
  hosts: readonly ListedHost[],
  through: readonly string[] = [],
): HostTarget | undefined {
  const host = hosts.find((candidate) => candidate.name === named)?.host;
  if (host !== undefined) {
    const jump = host.jumpHost?.value;
    // A jump host of the inventory is reached as the inventory says; any other by the ssh
    // configuration. One that leads back to itself is left to ssh's own error.
    const circular = jump === undefined || [...through, named].includes(jump);
    const jumpHost = circular ? jump : (targetFor(jump, hosts, [...through, named]) ?? jump);
    return {
      name: named,
      ...(host.address === undefined ? {} : { address: host.address.value }),
      ...(host.port === undefined ? {} : { port: host.port.value }),
      ...(host.user === undefined ? {} : { user: host.user.value }),
      ...(jumpHost === undefined ? {} : { jumpHost }),
    };
  }
  const uri = /^[a-z]+\+[a-z0-9]+:\/\/(?:([^@/]+)@)?([^:/]+)(?::(\d+))?\//.exec(named);
  if (uri === null) return undefined;
  const [, user, address = '', port] = uri;
  return {
    name: named,
    address,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}
