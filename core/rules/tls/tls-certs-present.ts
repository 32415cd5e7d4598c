import type { CertificateFile, MigrationCertificates } from '../../facts/host-facts.ts';
import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import type { MigrationView, Reporter, Wait } from '../rule.ts';

type Fact = 'source.certificates' | 'destination.certificates';

interface Side {
  readonly fact: Fact;
  readonly host: string;
  readonly said: MigrationCertificates;
}

interface To {
  readonly migration: MigrationView;
  readonly report: Reporter;
  readonly wait: Wait<Fact>;
}

/** A certificate that must be there, be valid now, and be one of this host's authority. */
function checkFile(side: Side, name: string, file: CertificateFile, to: To): void {
  const path = `${side.said.folder}/${name}`;
  const { state, certificate } = file;
  if (state === 'missing') {
    missing(side, path, to);
  } else if (certificate === undefined) {
    to.wait(side.fact, say('{0} on {1} cannot be read', path, side.host));
  } else if (certificate.validity === 'expired' || certificate.validity === 'not-yet-valid') {
    to.report({
      severity: 'error',
      at: to.migration.at(['policy', 'tls']),
      message:
        certificate.validity === 'expired'
          ? say(
              'The certificate {0} on {1} has expired; QEMU refuses it. Renew it.',
              path,
              side.host,
            )
          : say(
              'The certificate {0} on {1} is not valid yet by that host’s clock; QEMU refuses it.',
              path,
              side.host,
            ),
      evidence: [side.fact],
    });
  } else if (certificate.issuedByOwnCa === false && name !== 'ca-cert.pem') {
    to.report({
      severity: 'error',
      at: to.migration.at(['policy', 'tls']),
      message: say(
        'The certificate {0} on {1} was not issued by the authority in ca-cert.pem beside it: “The certificate hasn’t got a known issuer”.',
        path,
        side.host,
      ),
      evidence: [side.fact],
    });
  }
}

function missing({ fact, host }: Side, path: string, { migration, report }: To): void {
  report({
    severity: 'error',
    at: migration.at(['policy', 'tls']),
    message: say(
      'policy.tls needs {0} on {1}, which is not there: “Unable to access credentials {0}: No such file or directory”. Make it (virt-pki-validate shows what is missing), or leave tls out.',
      path,
      host,
    ),
    evidence: [fact],
  });
}

/** The other host must know the authority that issued a certificate. */
function checkTrust(of: Side, by: Side, file: CertificateFile, to: To): void {
  const issuer = file.certificate?.issuer;
  const known = by.said.ca.certificate?.fingerprints;
  if (issuer === undefined || known === undefined || known.includes(issuer)) return;
  to.report({
    severity: 'error',
    at: to.migration.at(['policy', 'tls']),
    message: say(
      'The certificate of {0} was issued by an authority that {1}/ca-cert.pem on {2} does not hold: “The certificate hasn’t got a known issuer”. Put the same authority on both hosts.',
      of.host,
      by.said.folder,
      by.host,
    ),
  });
}

export default defineRule({
  id: 'tls-certs-present',
  severity: 'warning',
  summary: say('Both hosts have the certificates that a migration with TLS needs.'),
  needs: ['source.certificates', 'destination.certificates'],
  since: 'libvirt 3.2.0',
  check(migration, facts, report, wait) {
    if (migration.model.policy?.tls === undefined) return;
    const to = { migration, report, wait };
    const here: Side = {
      fact: 'source.certificates',
      host: migration.sourceName,
      said: facts['source.certificates'],
    };
    const there: Side = {
      fact: 'destination.certificates',
      host: migration.destinationName,
      said: facts['destination.certificates'],
    };
    for (const side of [here, there]) checkFile(side, 'ca-cert.pem', side.said.ca, to);
    checkFile(there, 'server-cert.pem', there.said.server, to);
    checkFile(here, 'client-cert.pem', here.said.client, to);
    if (there.said.serverKey === 'missing')
      missing(there, `${there.said.folder}/server-key.pem`, to);
    if (here.said.clientKey === 'missing') missing(here, `${here.said.folder}/client-key.pem`, to);
    checkTrust(there, here, there.said.server, to);
    checkTrust(here, there, here.said.client, to);
  },
});
