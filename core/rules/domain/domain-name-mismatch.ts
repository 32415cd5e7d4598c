import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { differOnlyInCase } from './manual-name-typo.ts';

export default defineRule({
  id: 'domain-name-mismatch',
  severity: 'error',
  summary: say('The file names the domain that its domain XML describes.'),
  needs: ['domain'],
  check(migration, { domain }, report) {
    const written = migration.model.domain;
    const { name } = domain;
    if (written === undefined || name === undefined || written.value === name.value) return;
    // virsh takes a UUID wherever it takes a name.
    if (written.value.toLowerCase() === domain.uuid?.value.toLowerCase()) return;
    if (differOnlyInCase(written.value, name.value)) return;
    report({
      at: written.span,
      message: say(
        'This file moves the domain “{0}”, but its domain XML describes “{1}”: every check would look at the wrong guest.',
        written.value,
        name.value,
      ),
      related: [{ uri: domain.uri, span: name.span, message: say('the name in the domain XML') }],
      fix: { title: say('Change to “{0}”', name.value), set: [['domain'], name.value] },
    });
  },
});
