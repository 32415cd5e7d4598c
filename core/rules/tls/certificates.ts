import type { Certificate } from '../../facts/host-facts.ts';

/**
 * Does a certificate stand for this host, as GnuTLS judges it (gnutls_x509_crt_check_hostname2)? An
 * address may also stand in a DNS name; the common name counts only without DNS names.
 */
export function coversHost(certificate: Certificate, host: string): boolean {
  const wanted = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (certificate.addresses.some((address) => plainAddress(address) === plainAddress(wanted)))
    return true;
  const names =
    certificate.dnsNames.length > 0 ? certificate.dnsNames : [certificate.commonName ?? ''];
  return names.some((name) => matches(name.toLowerCase(), wanted));
}

/** A `*` stands for one label at the left, never for an address. */
function matches(name: string, host: string): boolean {
  if (name === host) return true;
  if (!name.startsWith('*.') || /^[\d.]+$|:/.test(host)) return false;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === name.slice(1) && name.split('.').length > 2;
}

/** Node prints IPv6 in full (`FD00:0:0:0:0:0:0:2`), people with `::`. */
function plainAddress(address: string): string {
  const text = address.toLowerCase();
  if (!text.includes(':')) return text;
  const [head = '', tail] = text.split('::');
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right].map((group) => group.replace(/^0+(?=.)/, '')).join(':');
}
