import type { Answer, HostSnapshot } from '../facts/snapshot.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import { formatSize } from '../units/quantity.ts';
import { isUri } from './host-name.ts';
import type { Surroundings } from './surroundings.ts';

/** What the inventory and the facts know of a host, one sentence a line. */
export function hostCard(around: Surroundings, name: string): readonly Message[] {
  const listed = around.hosts.find((host) => host.name === name);
  const lines: Message[] = [say('Host {0}', name)];
  if (listed === undefined && !isUri(name)) lines.push(say('No inventory lists it.'));
  const { uri, address, user, migrationAddress } = listed?.host ?? {};
  if (uri !== undefined) lines.push(say('libvirt URI: {0}', uri.value));
  if (address !== undefined) lines.push(say('ssh address: {0}', address.value));
  if (user !== undefined) lines.push(say('ssh user: {0}', user.value));
  if (migrationAddress !== undefined) {
    lines.push(say('Migration address: {0}', migrationAddress.value));
  }
  const hosts = around.snapshot?.hosts ?? {};
  const said = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
  return [...lines, ...factLines(said, name)];
}

function factLines(said: HostSnapshot | undefined, name: string): readonly Message[] {
  if (said === undefined) return [say('{0} was not asked yet', name)];
  if (said.unreachable !== undefined) return [say('{0}: {1}', name, said.unreachable)];
  const lines: Message[] = [];
  const versions = valueOf(said.versions);
  if (versions !== undefined) {
    lines.push(say('libvirt {0}, QEMU {1}', versions.libvirt, versions.qemu));
  }
  const capacity = valueOf(said.capacity);
  if (capacity !== undefined) {
    const { cpus, memoryAvailable, memoryTotal } = capacity;
    lines.push(
      say(
        '{0} CPUs, {1} of {2} memory available',
        cpus,
        formatSize(memoryAvailable),
        formatSize(memoryTotal),
      ),
    );
  }
  const domains = valueOf(said.domains);
  if (domains !== undefined) lines.push(say('Number of domains: {0}', domains.length));
  return lines;
}

function valueOf<T>(answer: Answer<T>): T | undefined {
  return answer.ok ? answer.value : undefined;
}
