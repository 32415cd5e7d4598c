import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { inXml } from './devices.ts';
import { hasTscFrequency } from './time-stamp-counter.ts';

export default defineRule({
  id: 'invtsc-without-frequency',
  severity: 'error',
  summary: say('A guest with an invariant time stamp counter has its frequency fixed.'),
  byDefinition: ['invtsc'],
  needs: ['domain'],
  since: 'libvirt 1.2.7; a frequency lifts it from 3.2.0',
  check(migration, { domain }, report) {
    const feature = domain.cpu?.features.find(({ name }) => name.value === 'invtsc');
    if (feature === undefined || hasTscFrequency(domain)) return;
    if (feature.policy === 'disable' || feature.policy === 'forbid') return;
    report({
      at: migration.at(['domain']),
      message: say(
        "The guest’s CPU has the feature invtsc, and libvirt refuses: “domain has 'invtsc' CPU feature but TSC frequency is not specified”. Write <timer name='tsc' frequency='…'/> into <clock>, or take the feature away; both need a restart of the guest.",
      ),
      related: [inXml(domain, feature.name.span, say('the feature'))],
    });
  },
});
