import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

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
    const onlyCase = written.value.toLowerCase() === name.value.toLowerCase();
    report({
      at: written.span,
      message: onlyCase
        ? say(
            "“{0}” and “{1}” differ in capital letters, and libvirt tells them apart: “failed to get domain '{0}'” (openEuler’s manual has this slip, too).",
            written.value,
            name.value,
          )
        : say(
            'This file moves the domain “{0}”, but its domain XML describes “{1}”: every check would look at the wrong guest.',
            written.value,
            name.value,
          ),
      related: [{ uri: domain.uri, span: name.span, message: say('the name in the domain XML') }],
      fix: { title: say('Change to “{0}”', name.value), set: [['domain'], name.value] },
    });
  },
});
