import { located } from '../../domain/located.ts';
import type { Domain } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import type { Located } from '../../text/span.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { numbersOf } from './cpu-list.ts';

/** Every CPU list of the domain that names CPUs of the host. */
function pinned(domain: Domain): readonly Located<string>[] {
  const tune = child(domain.root, 'cputune');
  const pins = ['vcpupin', 'emulatorpin', 'iothreadpin'];
  return [
    located(child(domain.root, 'vcpu'), 'cpuset'),
    ...(tune?.children ?? [])
      .filter(({ name }) => pins.includes(name))
      .map((pin) => located(pin, 'cpuset')),
  ].filter((list) => list !== undefined);
}

export default defineRule({
  id: 'cpuset-exists-on-destination',
  severity: 'warning',
  summary: say('The destination has the CPUs that the guest is pinned to.'),
  needs: ['domain', 'destination.topology'],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const online = numbersOf(facts['destination.topology'].cpus);
    for (const list of pinned(domain)) {
      const wanted = numbersOf(list.value);
      if (wanted === undefined || online === undefined) {
        wait('destination.topology', say('the CPU list {0} cannot be read', list.value));
        continue;
      }
      const lacking = wanted.filter((cpu) => !online.includes(cpu));
      if (lacking.length === 0) continue;
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message: say(
          'The guest is pinned to the CPUs {0}, but {1} has {2}: “Invalid value for cpuset.cpus”. Change the pinning (virsh vcpupin, emulatorpin), or choose a larger host.',
          list.value,
          migration.destinationName,
          facts['destination.topology'].cpus,
        ),
        related: [{ uri: domain.uri, span: list.span, message: say('the pinning') }],
      });
    }
  },
});
