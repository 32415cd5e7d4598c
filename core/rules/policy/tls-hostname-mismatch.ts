import { placeOf } from '../../facts/migration-address.ts';
import { say } from '../../messages.ts';
import type { Location, Span } from '../../text/span.ts';
import { memoryAddress } from '../network/peer-address.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView } from '../rule.ts';
import { coversHost } from '../tls/certificates.ts';

interface Wanted {
  readonly name: string;
  readonly at: Span | Location;
}

/** The name that the certificate must carry, as far as files say. */
function wantedName(migration: MigrationView): Wanted | undefined {
  const { policy } = migration.model;
  const said = policy?.tls?.destination;
  if (said !== undefined) return { name: said.value, at: said.span };
  const address = memoryAddress(migration);
  if (address === undefined) return undefined;
  return { name: address.host, at: policy?.migrateUri?.span ?? migration.at(['policy', 'tls']) };
}

export default defineRule({
  id: 'tls-hostname-mismatch',
  severity: 'warning',
  summary: say('The migration address is a name that the certificate carries.'),
  needs: ['destination.certificates', 'destination.identity', 'destination.configuration'],
  since: 'libvirt 3.2.0',
  check(migration, facts, report, wait) {
    if (migration.model.policy?.tls === undefined) return;
    const { certificate } = facts['destination.certificates'].server;
    // A missing one is the business of tls-certs-present.
    if (certificate === undefined) return;
    const wanted = wantedName(migration);
    const host = migration.destinationName;
    if (wanted === undefined) {
      // libvirt takes migration_host, else the host's name with its domain if that resolves.
      const { migrationHost } = facts['destination.configuration'];
      const name = migrationHost ?? facts['destination.identity'].hostname;
      if (!coversHost(certificate, name))
        wait(
          'destination.certificates',
          say(
            'the certificate of {0} does not carry {1}; say the name in tls.destination',
            host,
            name,
          ),
        );
      return;
    }
    if (coversHost(certificate, wanted.name)) return;
    const names = [...certificate.dnsNames, ...certificate.addresses];
    const shown = names.length > 0 ? names : [certificate.commonName ?? '-'];
    const [name] = certificate.dnsNames;
    report({
      severity: 'error',
      at: wanted.at,
      message: say(
        'The certificate of {0} carries {1} and not {2}: “Certificate does not match the hostname {2}”. Say one of its names in tls.destination.',
        host,
        shown.join(', '),
        wanted.name,
      ),
      evidence: ['destination.certificates'],
      ...(name === undefined || name.includes('*')
        ? {}
        : {
            fix: {
              title: say('Set tls.destination to {0}', name),
              set: [['policy', 'tls', 'destination'], name],
            },
          }),
    });
  },
  meanwhile: [
    meanwhile([], (migration, _facts, report) => {
      const policy = migration.model.policy;
      const uri = policy?.migrateUri;
      if (policy?.tls === undefined || uri === undefined || policy.tls.destination !== undefined)
        return;
      const host = placeOf(uri.value)?.host ?? '';
      if (!/^\d+\.\d+\.\d+\.\d+$|:/.test(host)) return;
      report({
        at: uri.span,
        message: say(
          'With tls the certificate of {0} must carry the address {1} itself; most carry a name, and QEMU ends with “Certificate does not match the hostname {1}”. Say the name in tls.destination.',
          migration.destinationName,
          host,
        ),
      });
    }),
  ],
});
