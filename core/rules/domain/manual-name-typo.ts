import type { Domain } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { FixSpec, MigrationView, Report } from '../rule.ts';

/** Do two names differ in capital letters, and in nothing else? */
export function differOnlyInCase(a: string, b: string): boolean {
  return a !== b && a.toLowerCase() === b.toLowerCase();
}

function slip(written: string, real: string): Pick<Report, 'message'> & { fix: FixSpec } {
  return {
    message: say(
      "“{0}” and “{1}” differ in capital letters, and libvirt tells them apart: “failed to get domain '{0}'” (openEuler’s manual has this slip, too).",
      written,
      real,
    ),
    fix: { title: say('Change to “{0}”', real), set: [['domain'], real] },
  };
}

/** The finding that the domain XML alone allows; it names a UUID as libvirt does, in any case. */
function slipOfXml({ model }: MigrationView, domain: Domain): Report | undefined {
  const written = model.domain;
  const { name, uuid } = domain;
  if (written === undefined || name === undefined) return undefined;
  if (written.value.toLowerCase() === uuid?.value || !differOnlyInCase(written.value, name.value))
    return undefined;
  return {
    ...slip(written.value, name.value),
    at: written.span,
    related: [{ uri: domain.uri, span: name.span, message: say('the name in the domain XML') }],
  };
}

function slipOfHost({ model }: MigrationView, names: readonly string[]): Report | undefined {
  const written = model.domain;
  if (written === undefined || names.includes(written.value)) return undefined;
  const real = names.find((name) => differOnlyInCase(written.value, name));
  return real === undefined ? undefined : { ...slip(written.value, real), at: written.span };
}

export default defineRule({
  id: 'manual-name-typo',
  severity: 'error',
  summary: say('The domain’s name is written with its capital letters.'),
  needs: ['domain', 'source.domains'],
  check(migration, facts, report) {
    const names = facts['source.domains'].map(({ name }) => name);
    // A host may have both spellings; then the domain XML says which is meant.
    const found = slipOfXml(migration, facts.domain) ?? slipOfHost(migration, names);
    if (found !== undefined) report(found);
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      const found = slipOfXml(migration, domain);
      if (found !== undefined) report(found);
    }),
    meanwhile(['source.domains'], (migration, facts, report) => {
      const found = slipOfHost(
        migration,
        facts['source.domains'].map(({ name }) => name),
      );
      if (found !== undefined) report(found);
    }),
  ],
});
