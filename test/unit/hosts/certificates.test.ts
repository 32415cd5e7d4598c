import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { coversHost } from '../../../core/rules/tls/certificates.ts';
import { readCertificates } from '../../../hosts/collect/certificates.ts';

/** Made with openssl for this test; nothing else knows their keys. */
const authority = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBfTCCASOgAwIBAgIUQrpP3PC47rkdKWKOqP7+kTy4X7YwCgYIKoZIzj0EAwIw',
  'FDESMBAGA1UEAwwJQXV0aG9yaXR5MB4XDTI2MTEyMzA2MTEwOVoXDTM2MTEyMDA2',
  'MTEwOVowFDESMBAGA1UEAwwJQXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0D',
  'AQcDQgAE885gpUReQXj3bfzJKMJWWlKdvmXn1KSA3Lbif1T/fymlM67RZRj9DsU6',
  'k/x8e/kY0U797LPE3gTJgVGA9PQ1lqNTMFEwHQYDVR0OBBYEFE41xlrbReI8SETd',
  'NWFc7S6Xo0ivMB8GA1UdIwQYMBaAFE41xlrbReI8SETdNWFc7S6Xo0ivMA8GA1Ud',
  'EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAJCCOxhEuXXVNhiJbP2CYAHO',
  'Eh18BzmaCv5C9jrB3l6gAiAPVwiG0g5YYOfGcRq11YRD+0q/tchcgL/QOBdlZQus',
  'zA==',
  '-----END CERTIFICATE-----',
];
const server = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBszCCAVmgAwIBAgIUKxQodBNoeCzvCyDysJqEtCGLdE8wCgYIKoZIzj0EAwIw',
  'FDESMBAGA1UEAwwJQXV0aG9yaXR5MB4XDTI2MTEyMzA2MTEwOVoXDTM2MTEyMDA2',
  'MTEwOVowEDEOMAwGA1UEAwwFa3ZtMDIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC',
  'AASvP2WtQvPpwoADOtVNN7be1r6X2ub+ZUDsZ827wkObZF8WhTHpn539P+xdQggl',
  'sxtV1d392CYkMMLrQEM7a3IPo4GMMIGJMEcGA1UdEQRAMD6CEWt2bTAyLmV4YW1w',
  'bGUuY29tghEqLmxhYi5leGFtcGxlLmNvbYcECgkAAocQ/QAAAAAAAAAAAAAAAAAA',
  'AjAdBgNVHQ4EFgQUwriCagLBbCSiNhl/CQ09RyC4xmUwHwYDVR0jBBgwFoAUTjXG',
  'WttF4jxIRN01YVztLpejSK8wCgYIKoZIzj0EAwIDSAAwRQIgVG6x/vzLi4Pj2Hhf',
  'ruaaWOrISW30OHsLSWCpEUcSXvgCIQCeVKp5oOgcG3YGJnGu2EOi6DGd4DgWH19a',
  'FsooMGvSiA==',
  '-----END CERTIFICATE-----',
];
const other = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBdDCCARugAwIBAgIUeKwA0NMrANrSG0/2eXdCJ6dU0QIwCgYIKoZIzj0EAwIw',
  'EDEOMAwGA1UEAwwFT3RoZXIwHhcNMjYxMTIzMDYxMTA5WhcNMzYxMTIwMDYxMTA5',
  'WjAQMQ4wDAYDVQQDDAVPdGhlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDzE',
  'Yd3qQlXyyQd9lbmz6DHpsNoRVqX+2QwaMimO9ZGwxDvRa+xbqFAac8MXsp7H8+g9',
  'aBFLnOmQ/i5L2zt4U0mjUzBRMB0GA1UdDgQWBBRmskr2d2ZnW5Vr84abtlEdlZSz',
  'SzAfBgNVHSMEGDAWgBRmskr2d2ZnW5Vr84abtlEdlZSzSzAPBgNVHRMBAf8EBTAD',
  'AQH/MAoGCCqGSM49BAMCA0cAMEQCICvRZk7oR+/nj0TIkMNXHz2NZQ8d75zZp7MO',
  'VdO8m7o7AiAO1tuFW0YW1v9uM41hEOOauk1jKvBn0kZr6gZb5l1u+A==',
  '-----END CERTIFICATE-----',
];

const now = Date.UTC(2027, 0, 1);

function printed(files: Readonly<Record<string, readonly string[]>>, states = ''): string {
  const pems = Object.entries(files).map(([name, lines]) =>
    [`state ${name} present`, ...lines.map((line) => `pem ${name} ${line}`)].join('\n'),
  );
  return `folder /etc/pki/qemu\n${pems.join('\n')}\n${states}`;
}

const both = printed({ 'ca-cert': authority, 'server-cert': server }, 'state server-key present');

describe('certificates', () => {
  test('tell their names, dates and who issued them', () => {
    const found = readCertificates(both, now);
    const certificate = found?.server.certificate;
    assert.equal(certificate?.commonName, 'kvm02');
    assert.deepEqual(certificate.dnsNames, ['kvm02.example.com', '*.lab.example.com']);
    assert.equal(certificate.addresses.length, 2);
    assert.equal(certificate.validity, 'valid');
    assert.equal(certificate.issuedByOwnCa, true);
    assert.equal(certificate.issuer, found?.ca.certificate?.fingerprints[0]);
    assert.equal(found?.serverKey, 'present');
    assert.equal(found.clientKey, 'missing');
    assert.equal(found.client.state, 'missing');
  });

  test('of another authority are told from those of the own one', () => {
    const text = printed({ 'ca-cert': other, 'server-cert': server });
    assert.equal(readCertificates(text, now)?.server.certificate?.issuedByOwnCa, false);
    const two = printed({ 'ca-cert': [...other, ...authority], 'server-cert': server });
    assert.equal(readCertificates(two, now)?.server.certificate?.issuedByOwnCa, true);
    const none = printed({ 'server-cert': server });
    assert.equal(readCertificates(none, now)?.server.certificate?.issuedByOwnCa, undefined);
  });

  test('are valid between two dates of the host’s clock', () => {
    const validity = (at: number) => readCertificates(both, at)?.server.certificate?.validity;
    assert.equal(validity(Date.UTC(2050, 0, 1)), 'expired');
    assert.equal(validity(Date.UTC(2020, 0, 1)), 'not-yet-valid');
  });

  test('that are no certificates, or may not be read, are unreadable', () => {
    const rubbish = printed({ 'server-cert': ['-----BEGIN CERTIFICATE-----', 'AAAA'] });
    assert.equal(readCertificates(rubbish, now)?.server.state, 'unreadable');
    const denied = printed({}, 'state server-cert unreadable');
    assert.equal(readCertificates(denied, now)?.server.state, 'unreadable');
    assert.equal(readCertificates('', now), undefined);
  });

  const covers = (host: string): boolean => {
    const certificate = readCertificates(both, now)?.server.certificate;
    assert.ok(certificate !== undefined);
    return coversHost(certificate, host);
  };

  test('stand for their alternative names and addresses', () => {
    for (const host of [
      'kvm02.example.com',
      'KVM02.Example.com',
      '10.9.0.2',
      'fd00::2',
      '[fd00::2]',
    ])
      assert.ok(covers(host), host);
    for (const host of ['10.9.0.3', 'fd00::3', 'kvm03.example.com', 'example.com', ''])
      assert.ok(!covers(host), host);
  });

  test('stand for their common name only when they have no DNS names', () => {
    assert.ok(!covers('kvm02'));
    const found = readCertificates(printed({ 'server-cert': other }), now)?.server.certificate;
    assert.ok(found !== undefined && coversHost(found, 'other'));
  });

  test('with a wildcard stand for one label more', () => {
    assert.ok(covers('a.lab.example.com'));
    assert.ok(!covers('a.b.lab.example.com'));
    assert.ok(!covers('lab.example.com'));
  });
});
