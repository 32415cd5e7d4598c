import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { has, inXml } from './devices.ts';
import { hasTscFrequency } from './time-stamp-counter.ts';

/**
 * `migratable='off'` hands the guest whatever the host has, invtsc included; libvirt's own check
 * looks at named features only, QEMU at what the guest really has.
 */
export default defineRule({
  id: 'qemu-invtsc-qemu',
  severity: 'warning',
  summary: say('The guest’s CPU has only features that can move.'),
  byDefinition: ['host-passthrough', 'maximum'],
  needs: ['domain'],
  since: 'libvirt 6.5.0',
  check(migration, { domain }, report) {
    const cpu = child(domain.root, 'cpu');
    if (cpu === undefined || !has(cpu, 'migratable', 'off') || hasTscFrequency(domain)) return;
    if (!has(cpu, 'mode', 'host-passthrough') && !has(cpu, 'mode', 'maximum')) return;
    report({
      at: migration.at(['domain']),
      message: say(
        "The guest’s CPU is passed through with migratable='off', so it has invtsc wherever {0} has it, and QEMU blocks the migration: “State blocked by non-migratable CPU device (invtsc flag)”. Remove migratable='off', or fix the frequency of the timer tsc; both need a restart of the guest.",
        migration.sourceName,
      ),
      related: [inXml(domain, cpu.startTagSpan, say('the CPU'))],
    });
  },
});
