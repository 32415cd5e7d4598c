import { tpmFolder } from '../../facts/host-files.ts';
import { say } from '../../messages.ts';
import { isSharedForLibvirt } from '../storage/libvirt-filesystems.ts';
import { defineRule } from '../rule.ts';
import { emulatedTpms } from './tpm.ts';

export default defineRule({
  id: 'tpm-shared-storage',
  severity: 'warning',
  summary: say('A TPM whose state lies on shared storage has an emulator that can hand it over.'),
  needs: ['domain', 'source.files', 'source.tpm'],
  since: 'libvirt 8.10.0',
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const [tpm] = emulatedTpms(domain);
    if (tpm === undefined) return;
    const answer = facts['source.files'].get(tpmFolder);
    if (answer?.ok !== true || answer.value.filesystem === undefined) {
      wait('source.files', say('{0} was not looked at on {1}', tpmFolder, migration.sourceName));
      return;
    }
    const { filesystem } = answer.value;
    const { features, version } = facts['source.tpm'];
    if (!isSharedForLibvirt(filesystem) || features.includes('cmdarg-migration')) return;
    report({
      severity: 'error',
      at: migration.at(['domain']),
      message: say(
        'The state of the guest’s TPM lies in {0}, on shared {1}, and swtpm {2} on {3} cannot hand it over: “the running swtpm does not support migration with shared storage”. Update swtpm (0.8) and start the guest anew.',
        tpmFolder,
        filesystem,
        version ?? '-',
        migration.sourceName,
      ),
      related: [{ uri: domain.uri, span: tpm.span, message: say('the TPM') }],
    });
  },
});
