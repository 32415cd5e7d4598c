import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { matchesPatternList } from './pattern.ts';

/**
 * The known_hosts format of sshd(8) (SSH_KNOWN_HOSTS FILE FORMAT), checked against `ssh-keygen -F`.
 * Everything here is about texts; known-hosts-files.ts reads and writes the files.
 */
export interface KnownHostsText {
  readonly path: string;
  readonly text: string;
}

/** One key that a file holds for a host. */
export interface KnownKey {
  readonly path: string;
  /** From 1 on. */
  readonly line: number;
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly keyType: string;
  readonly key: Buffer;
}

export type KeyVerdict =
  | { readonly kind: 'known'; readonly entry: KnownKey }
  | { readonly kind: 'unknown' }
  /** Other keys are known for this host, but not this one. */
  | { readonly kind: 'changed'; readonly entries: readonly [KnownKey, ...KnownKey[]] }
  | { readonly kind: 'revoked'; readonly entry: KnownKey };

/** Every line that speaks of `address` (`name`, or `[name]:port` when the port is not 22). */
export function keysFor(address: string, files: readonly KnownHostsText[]): readonly KnownKey[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const entry = parseLine(line);
      if (entry === undefined || !namesHost(entry.names, address)) return [];
      const { marker, keyType, key } = entry;
      return [{ path, line: index + 1, marker, keyType, key }];
    }),
  );
}

/**
 * Judges the key that a host showed. A certificate authority is no host key: it vouches for
 * certificates, which this client does not use. A key of another type than all known ones counts as
 * changed: the known types are asked for first, so an honest host would have shown one of them.
 */
export function judgeKey(
  key: Buffer,
  address: string,
  files: readonly KnownHostsText[],
): KeyVerdict {
  const entries = keysFor(address, files);
  const equal = entries.filter((entry) => entry.key.equals(key));
  const revoked = equal.find(({ marker }) => marker === 'revoked');
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked };
  const known = equal.find(({ marker }) => marker === 'none');
  if (known !== undefined) return { kind: 'known', entry: known };
  const [first, ...others] = entries.filter(({ marker }) => marker === 'none');
  if (first === undefined) return { kind: 'unknown' };
  return { kind: 'changed', entries: [first, ...others] };
}

/** `name`, or `[name]:port`: how known_hosts and `ssh-keygen -F` write where a key belongs. */
export function knownHostsAddress(name: string, port: number): string {
  const lower = name.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

/** `SHA256:…` without padding, as `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type that a public key in SSH wire format begins with (RFC 4253, 6.6). */
export function keyTypeOf(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  if (length === 0 || length > 64 || key.length < 4 + length) return undefined;
  const type = key.toString('latin1', 4, 4 + length);
  return /^[\x21-\x7e]+$/.test(type) ? type : undefined;
}

/** A line for a file; hashed when the configuration says HashKnownHosts. */
export function knownHostsLine(address: string, key: Buffer, hashed: boolean): string {
  return `${hashed ? hashName(address, randomBytes(20)) : address} ${keyTypeOf(key) ?? ''} ${key.toString('base64')}`;
}

interface Entry {
  readonly marker: KnownKey['marker'];
  readonly names: string;
  readonly keyType: string;
  readonly key: Buffer;
}

/** A line that is no entry (comment, empty, malformed, unknown marker) is passed over, as in ssh. */
function parseLine(line: string): Entry | undefined {
  const words = line.trim().split(/[ \t]+/);
  let marker: KnownKey['marker'] = 'none';
  if (words[0]?.startsWith('@') === true) {
    const word = words.shift();
    if (word === '@revoked') marker = 'revoked';
    else if (word === '@cert-authority') marker = 'cert-authority';
    else return undefined;
  }
  const [names, keyType, encoded] = words;
  if (names === undefined || names.startsWith('#') || keyType === undefined) return undefined;
  if (encoded === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  if (keyTypeOf(key) !== keyType || !isWhole(key, keyType)) return undefined;
  return { marker, names, keyType, key };
}

/** How many strings a key of a type is made of (RFC 4253, 5656, 8709; PROTOCOL.u2f). */
const strings: Readonly<Record<string, number>> = {
  'ssh-rsa': 3,
  'ssh-dss': 5,
  'ssh-ed25519': 2,
  'ecdsa-sha2-nistp256': 3,
  'ecdsa-sha2-nistp384': 3,
  'ecdsa-sha2-nistp521': 3,
  'sk-ssh-ed25519@openssh.com': 3,
  'sk-ecdsa-sha2-nistp256@openssh.com': 4,
};

/** A line that was cut short holds no key, and must not look like a key that changed. */
function isWhole(key: Buffer, keyType: string): boolean {
  let count = 0;
  let at = 0;
  while (at + 4 <= key.length) {
    at += 4 + key.readUInt32BE(at);
    count++;
  }
  const expected = strings[keyType];
  return at === key.length && (expected === undefined || count === expected);
}

function namesHost(names: string, address: string): boolean {
  if (names.startsWith('|')) return hashMatches(names, address);
  return matchesPatternList(
    address.toLowerCase(),
    names.split(',').map((name) => name.toLowerCase()),
  );
}

/** `|1|salt|HMAC-SHA1(salt, name)`, both base64. */
function hashMatches(names: string, address: string): boolean {
  const match = /^\|1\|([A-Za-z0-9+/=]+)\|([A-Za-z0-9+/=]+)$/.exec(names);
  if (match?.[1] === undefined || match[2] === undefined) return false;
  const expected = Buffer.from(match[2], 'base64');
  const actual = createHmac('sha1', Buffer.from(match[1], 'base64')).update(address).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function hashName(address: string, salt: Buffer): string {
  const digest = createHmac('sha1', salt).update(address).digest('base64');
  return `|1|${salt.toString('base64')}|${digest}`;
}
