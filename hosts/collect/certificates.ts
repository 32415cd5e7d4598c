import { X509Certificate, createHash } from 'node:crypto';
import type {
  Certificate,
  CertificateFile,
  MigrationCertificates,
} from '../../core/facts/host-facts.ts';

type Name = 'ca-cert' | 'server-cert' | 'client-cert';

/**
 * Reads what the first script printed of the TLS folder: `folder PATH`, `state NAME STATE`, and for
 * certificates `pem NAME line`. Undefined without a folder.
 *
 * @param at the host's time, epoch milliseconds
 */
export function readCertificates(text: string, at: number): MigrationCertificates | undefined {
  const folder = /^folder (.+)$/m.exec(text)?.[1];
  if (folder === undefined) return undefined;
  const state = (name: string): string | undefined =>
    new RegExp(`^state ${name} (\\w+)$`, 'm').exec(text)?.[1];
  const authorities = parsePem(pemOf(text, 'ca-cert'));
  const file = (name: Name): CertificateFile => {
    const said = state(name);
    if (said !== 'present')
      return { state: said === 'unreadable' ? said : 'missing', certificate: undefined };
    const certificates = parsePem(pemOf(text, name));
    const [own] = certificates;
    if (own === undefined) return { state: 'unreadable', certificate: undefined };
    return {
      state: 'present',
      certificate: describe(own, { file: certificates, authorities, at }),
    };
  };
  const key = (name: string): 'present' | 'missing' =>
    state(name) === 'present' ? 'present' : 'missing';
  return {
    folder,
    ca: file('ca-cert'),
    server: file('server-cert'),
    client: file('client-cert'),
    serverKey: key('server-key'),
    clientKey: key('client-key'),
  };
}

function pemOf(text: string, name: Name): string {
  const prefix = `pem ${name} `;
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith(prefix) ? [line.slice(prefix.length)] : []))
    .join('\n');
}

/** Certificates of a PEM file in its order; what is no certificate is passed over. */
function parsePem(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

function describe(
  own: X509Certificate,
  around: {
    readonly file: readonly X509Certificate[];
    readonly authorities: readonly X509Certificate[];
    readonly at: number;
  },
): Certificate {
  const { file, authorities, at } = around;
  const names = alternativeNames(own.subjectAltName);
  const issuer = authorityOf(own, file, authorities);
  const [validFrom, validTo] = [Date.parse(own.validFrom), Date.parse(own.validTo)];
  return {
    commonName: /^CN=(.*)$/m.exec(own.subject)?.[1],
    dnsNames: names.filter(([kind]) => kind === 'DNS').map(([, name]) => name),
    addresses: names.filter(([kind]) => kind === 'IP Address').map(([, name]) => name),
    validFrom,
    validTo,
    validity: at > validTo ? 'expired' : at < validFrom ? 'not-yet-valid' : 'valid',
    fingerprints: file.map(fingerprint),
    issuedByOwnCa: authorities.length === 0 ? undefined : issuer !== undefined,
    issuer: issuer === undefined ? undefined : fingerprint(issuer),
  };
}

/** The authority at the end of the chain; certificates in between lie in the file itself. */
function authorityOf(
  own: X509Certificate,
  file: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): X509Certificate | undefined {
  let current = own;
  for (let depth = 0; depth <= file.length; depth++) {
    const below = current;
    const authority = authorities.find((each) => isIssuedBy(below, each));
    if (authority !== undefined) return authority;
    const next = file.find((each) => each !== below && isIssuedBy(below, each));
    if (next === undefined) return undefined;
    current = next;
  }
  return undefined;
}

function isIssuedBy(own: X509Certificate, authority: X509Certificate): boolean {
  try {
    return own.checkIssued(authority) && own.verify(authority.publicKey);
  } catch {
    return false;
  }
}

/** `DNS:kvm02, IP Address:10.9.0.2` as Node prints subjectAltName. */
function alternativeNames(text: string | undefined): readonly (readonly [string, string])[] {
  return (text ?? '').split(', ').flatMap((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) return [];
    return [[part.slice(0, colon), part.slice(colon + 1).replace(/^"(.*)"$/, '$1')] as const];
  });
}

function fingerprint({ subject, publicKey }: X509Certificate): string {
  const key = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(subject).update('\0').update(key).digest('hex');
}
