import { readFile, stat } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { BaseAgent, KnownPublicKeys, ParsedKey } from 'ssh2';
import type { AuthAttempt } from '../host-error.ts';
import { fingerprint } from './known-hosts.ts';

const maxKeyBytes = 1024 * 1024;

/** A private key file as far as it can be read without its passphrase. */
export type IdentityFile =
  | { readonly kind: 'open'; readonly path: string; readonly key: ParsedKey }
  /** Encrypted. `publicKey` (SSH wire format) is known from the file itself or from `.pub`. */
  | {
      readonly kind: 'locked';
      readonly path: string;
      readonly publicKey: Buffer | undefined;
      unlock(passphrase: string): ParsedKey | undefined;
    }
  /** Only a public key: its private half may be in the agent. */
  | { readonly kind: 'public'; readonly path: string; readonly publicKey: Buffer }
  | {
      readonly kind: 'unusable';
      readonly path: string;
      readonly result: Extract<AuthAttempt['result'], 'no-such-file' | 'unreadable' | 'not-a-key'>;
    };

export async function readIdentity(path: string): Promise<IdentityFile> {
  const data = await contents(path);
  if (data === 'no-such-file') {
    const publicKey = await publicHalf(path);
    if (publicKey !== undefined) return { kind: 'public', path, publicKey };
  }
  if (typeof data === 'string') return { kind: 'unusable', path, result: data };
  const parsed = parse(data);
  if (parsed instanceof Error) {
    if (!/encrypted|passphrase/i.test(parsed.message))
      return { kind: 'unusable', path, result: 'not-a-key' };
    return {
      kind: 'locked',
      path,
      publicKey: publicKeyOfOpenSsh(data) ?? (await publicHalf(path)),
      unlock(passphrase) {
        const key = parse(data, passphrase);
        return key instanceof Error ? undefined : key;
      },
    };
  }
  return parsed.isPrivateKey()
    ? { kind: 'open', path, key: parsed }
    : { kind: 'public', path, publicKey: parsed.getPublicSSH() };
}

export interface AgentKey {
  readonly agent: BaseAgent;
  readonly key: ParsedKey;
  readonly fingerprint: string;
  readonly comment: string;
}

/** Keys of an agent that ssh2 can use; throws when the agent does not answer in time. */
export async function agentKeys(socket: string, timeout: number): Promise<readonly AgentKey[]> {
  const agent = ssh2.createAgent(socket);
  const keys = await new Promise<readonly ParsedKey[]>((done, fail) => {
    const timer = setTimeout(() => {
      fail(new Error('the agent does not answer'));
    }, timeout);
    agent.getIdentities((error, found) => {
      clearTimeout(timer);
      if (error) fail(error);
      else done((found ?? []).flatMap((key) => asParsed(key)));
    });
  });
  return keys.map((key) => ({
    agent,
    key,
    fingerprint: fingerprint(key.getPublicSSH()),
    comment: key.comment,
  }));
}

/** An agent that offers exactly one key, so that each attempt can be told apart. */
export class OneKeyAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #key: ParsedKey;
  readonly #signer: (data: Buffer, hash: string | undefined) => Promise<Buffer>;

  constructor(key: ParsedKey, signer: (data: Buffer, hash: string | undefined) => Promise<Buffer>) {
    super();
    this.#key = key;
    this.#signer = signer;
  }

  getIdentities(done: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    done(undefined, [this.#key]);
  }

  sign(_key: unknown, data: Buffer, options: unknown, done?: unknown): void {
    const reply = (typeof options === 'function' ? options : done) as SignReply;
    const hash =
      typeof options === 'object' && options !== null && 'hash' in options
        ? options.hash
        : undefined;
    this.#signer(data, typeof hash === 'string' ? hash : undefined).then(
      (signature) => {
        reply(undefined, signature);
      },
      (error: unknown) => {
        reply(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }
}

type SignReply = (error: Error | undefined, signature?: Buffer) => void;

/** Signs through the agent that holds the key. */
export function signByAgent({ agent, key }: AgentKey): OneKeyAgent {
  return new OneKeyAgent(
    key,
    (data, hash) =>
      new Promise((done, fail) => {
        const options = hash === undefined ? {} : { hash: hash as 'sha256' };
        agent.sign(key, data, options, (error, signature) => {
          if (signature === undefined) fail(error ?? new Error('the agent did not sign'));
          else done(Buffer.from(signature));
        });
      }),
  );
}

/** The public key as ssh2 wants it. */
export function parsePublic(publicKey: Buffer): ParsedKey | undefined {
  const parsed = parse(publicKey);
  return parsed instanceof Error ? undefined : parsed;
}

/** ssh2 gives an array for some formats, and an Error instead of throwing one. */
function parse(data: Buffer, passphrase?: string): ParsedKey | Error {
  const result: ParsedKey | readonly ParsedKey[] | Error = ssh2.utils.parseKey(data, passphrase);
  if (result instanceof Error) return result;
  const key = (Array.isArray(result) ? result[0] : result) as ParsedKey | undefined;
  return key ?? new Error('no key');
}

/** ssh2's agents give parsed keys; its types allow more. */
function asParsed(key: KnownPublicKeys[number]): readonly ParsedKey[] {
  if (typeof key === 'string' || Buffer.isBuffer(key)) {
    const parsed = parse(Buffer.from(key));
    return parsed instanceof Error ? [] : [parsed];
  }
  if (!('pubKey' in key)) return [key];
  const inner = 'pubKey' in key.pubKey ? key.pubKey.pubKey : key.pubKey;
  return asParsed(inner);
}

async function contents(
  path: string,
): Promise<Buffer | 'no-such-file' | 'unreadable' | 'not-a-key'> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > maxKeyBytes) return 'not-a-key';
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'no-such-file' : 'unreadable';
  }
}

async function publicHalf(path: string): Promise<Buffer | undefined> {
  const data = await contents(`${path}.pub`);
  if (typeof data === 'string') return undefined;
  const parsed = parse(data);
  return parsed instanceof Error ? undefined : parsed.getPublicSSH();
}

/**
 * The public key inside an encrypted `openssh-key-v1` file, which is in clear (PROTOCOL.key): magic,
 * cipher, KDF, KDF options, count, public key.
 */
function publicKeyOfOpenSsh(data: Buffer): Buffer | undefined {
  const armour = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(
    data.toString('latin1'),
  );
  if (armour?.[1] === undefined) return undefined;
  const blob = Buffer.from(armour[1], 'base64');
  const magic = 'openssh-key-v1\0';
  if (blob.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const readString = (): Buffer | undefined => {
    if (at + 4 > blob.length) return undefined;
    const length = blob.readUInt32BE(at);
    const text = blob.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return text.length === length ? text : undefined;
  };
  for (let skipped = 0; skipped < 3; skipped++) if (readString() === undefined) return undefined;
  at += 4;
  return readString();
}
