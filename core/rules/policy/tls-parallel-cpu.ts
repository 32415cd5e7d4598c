import { parseCpuSet } from '../../domain/cpu-set.ts';
import { located } from '../../domain/located.ts';
import { say } from '../../messages.ts';
import { child, children } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'tls-parallel-cpu',
  severity: 'info',
  summary: say('The threads that encrypt have CPUs of their own, where vCPUs are pinned.'),
  needs: ['domain'],
  since: 'QEMU 5.2; openEuler QEMU 4.1',
  check(migration, { domain }, report) {
    const policy = migration.model.policy;
    if (policy?.tls === undefined || policy.parallel === undefined) return;
    const tune = child(domain.root, 'cputune');
    const pins = children(tune, 'vcpupin');
    const pinned = new Set(
      pins.flatMap((pin) => [...(parseCpuSet(located(pin, 'cpuset')?.value ?? '') ?? [])]),
    );
    if (pinned.size === 0) return;
    const emulator = located(child(tune, 'emulatorpin'), 'cpuset');
    const chosen = policy.parallel.cpuAffinity ?? emulator;
    const own = chosen === undefined ? undefined : parseCpuSet(chosen.value);
    // What cannot be read is the grammar's business.
    if (chosen !== undefined && own === undefined) return;
    if (own !== undefined && [...own].every((cpu) => !pinned.has(cpu))) return;
    report({
      at: policy.parallel.cpuAffinity?.span ?? migration.at(['policy', 'parallel']),
      message: say(
        'Parallel TLS encrypts in {0} more threads, which share CPUs with the pinned vCPUs of the guest. openEuler’s manual advises two CPUs of their own for them: pin <emulatorpin> to CPUs that no <vcpupin> has.',
        policy.parallel.connections?.value ?? 2,
      ),
      related: [
        {
          uri: domain.uri,
          span: emulator?.span ?? tune?.startTagSpan ?? domain.root.startTagSpan,
          message: say('the pinned CPUs'),
        },
      ],
    });
  },
});
