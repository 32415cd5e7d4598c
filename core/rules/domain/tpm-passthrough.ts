import { devicesOf } from '../../domain/devices-of.ts';
import { say } from '../../messages.ts';
import { attribute, child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'tpm-passthrough',
  severity: 'error',
  summary: say('A guest with the host’s own TPM cannot be migrated.'),
  byDefinition: ['tpm'],
  needs: ['domain'],
  check(migration, { domain }, report) {
    for (const tpm of devicesOf(domain.root, 'tpm')) {
      const backend = child(tpm, 'backend');
      if (backend === undefined || attribute(backend, 'type')?.value !== 'passthrough') continue;
      report({
        at: migration.at(['domain']),
        message: say(
          'The guest uses the TPM of {0} itself, which cannot move: QEMU refuses with “State blocked by non-migratable device”. Use an emulated TPM.',
          migration.sourceName,
        ),
        related: [{ uri: domain.uri, span: backend.startTagSpan, message: say('the TPM') }],
      });
    }
  },
});
