import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'cpu-features-subset',
  severity: 'error',
  summary: say('The destination offers the guest’s CPU model and features.'),
  needs: ['domain', 'source.cpu', 'destination.cpu'],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const { cpu } = domain;
    const [here, there] = [facts['source.cpu'], facts['destination.cpu']];
    const mode = cpu?.mode?.value ?? (cpu?.model === undefined ? undefined : 'custom');
    if (cpu === undefined || (mode !== 'custom' && mode !== 'host-model')) return;
    const at = migration.at(['destination']);
    const emulated = domain.type?.value === 'qemu';
    const model = mode === 'custom' ? cpu.model : undefined;
    if (model !== undefined) {
      if (there.usableModels.length === 0) {
        wait(
          'destination.cpu',
          say('{0} did not list the CPU models it can offer', migration.destinationName),
        );
      } else if (!there.usableModels.includes(model.value)) {
        report({
          // The list may be that of hardware acceleration, which an emulated guest does not need.
          ...(emulated ? { severity: 'warning' as const } : {}),
          at,
          message: say(
            'The guest’s CPU model is {0}, which {1} cannot offer; libvirt refuses with “the CPU is incompatible with host CPU”. Choose another destination, or a model that all hosts have (virsh hypervisor-cpu-baseline).',
            model.value,
            migration.destinationName,
          ),
          related: [{ uri: domain.uri, span: model.span, message: say('the guest’s CPU model') }],
        });
        return;
      }
    }
    // Hosts list features beyond their model; with equal models a feature that only the source
    // lists is missing on the destination for certain.
    if (emulated || here.model === undefined || here.model !== there.model) return;
    for (const { name, policy } of cpu.features) {
      if (policy === 'disable' || policy === 'forbid' || policy === 'optional') continue;
      if (!here.features.includes(name.value) || there.features.includes(name.value)) continue;
      report({
        at,
        message: say(
          'The guest needs the CPU feature {0}, which {1} does not have; libvirt refuses with “Host CPU does not provide required features”. Choose another destination.',
          name.value,
          migration.destinationName,
        ),
        related: [{ uri: domain.uri, span: name.span, message: say('the guest needs it here') }],
      });
    }
  },
});
