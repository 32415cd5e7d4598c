import { say } from '../../core/messages.ts';
import { HostError, reasonOf } from '../host-error.ts';
import {
  fingerprint,
  judgeKey,
  keyTypeOf,
  keysFor,
  knownHostsAddress,
  knownHostsLine,
} from './known-hosts.ts';
import type { KeyVerdict, KnownHostsText, KnownKey } from './known-hosts.ts';
import { appendKnownHost, readKnownHosts } from './known-hosts-files.ts';
import type { Prompts } from './prompts.ts';
import type { HostSettings } from './settings.ts';
import type { SshEnvironment } from './target.ts';

/** ssh2's own order of preference (RSA keys sign with three algorithms). */
const algorithms: readonly (readonly [algorithm: string, keyType: string])[] = [
  ['ssh-ed25519', 'ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
  ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
  ['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'ssh-rsa'],
  ['rsa-sha2-256', 'ssh-rsa'],
];

/** Verifies the keys of one host before anything else is said to it. */
export class HostKeys {
  readonly #settings: HostSettings;
  readonly #environment: SshEnvironment;
  readonly #prompts: Prompts;
  readonly #address: string;
  #files: readonly KnownHostsText[] = [];
  #verified: Buffer | undefined;
  #toRemember: Buffer | undefined;

  constructor(settings: HostSettings, environment: SshEnvironment, prompts: Prompts) {
    this.#settings = settings;
    this.#environment = environment;
    this.#prompts = prompts;
    const { keyName, keyNameTakesPort, port } = settings;
    this.#address = knownHostsAddress(keyName, keyNameTakesPort ? port : 22);
  }

  /** Reads the files; call before connecting. Throws HostError `known-hosts-unreadable`. */
  async read(): Promise<void> {
    const { name, userKnownHosts, globalKnownHosts } = this.#settings;
    this.#files = await readKnownHosts(name, [...userKnownHosts, ...globalKnownHosts]);
  }

  /**
   * Signature algorithms, those of known keys first: a host with several keys would otherwise show
   * one that is not known and look like an impostor.
   */
  algorithms(): readonly string[] {
    const known = new Set(
      [this.#address, this.#plainAddress()]
        .flatMap((address) => keysFor(address, this.#files))
        .filter(({ marker }) => marker === 'none')
        .map(({ keyType }) => keyType),
    );
    const preferred = algorithms.filter(([, keyType]) => known.has(keyType));
    const others = algorithms.filter(([, keyType]) => !known.has(keyType));
    return [...preferred, ...others].map(([algorithm]) => algorithm);
  }

  /** Resolves when the key is trusted; throws HostError `host-key-*` otherwise. */
  async verify(
    key: Buffer,
    signal: AbortSignal,
    whileAsking: <T>(ask: () => Promise<T>) => Promise<T>,
  ): Promise<void> {
    // The key is shown again whenever the connection changes its session keys.
    if (this.#verified?.equals(key) === true) return;
    if (this.#judge(key) === 'unknown') {
      // Nobody has to compare a fingerprint that an authority vouches for.
      const authority = this.#authority();
      if (authority !== undefined) throw this.#certified(authority);
      await this.#ask(key, signal, whileAsking);
    }
    this.#verified = key;
  }

  /**
   * Adds a newly trusted key to the first user file. To be called after the handshake, when the host
   * has proven that it holds the key.
   */
  async remember(): Promise<void> {
    const key = this.#toRemember;
    const [path] = this.#settings.userKnownHosts;
    this.#toRemember = undefined;
    if (key === undefined || path === undefined) return;
    try {
      const line = knownHostsLine(this.#address, key, this.#settings.hashKnownHosts);
      await appendKnownHost(path, line);
    } catch (error) {
      this.#environment.warn?.(
        say(
          'The key of {0} could not be added to {1}: {2}',
          this.#settings.name,
          path,
          reasonOf(error),
        ),
      );
    }
  }

  /** The `@cert-authority` line that speaks of this host, if there is one. */
  #authority(): KnownKey | undefined {
    return [this.#address, this.#plainAddress()]
      .flatMap((address) => keysFor(address, this.#files))
      .find(({ marker }) => marker === 'cert-authority');
  }

  #certified({ path, line }: KnownKey): HostError {
    const { name } = this.#settings;
    return new HostError(
      'host-key-unknown',
      name,
      say(
        'The host key of {0} is vouched for by a certificate authority ({1}, line {2}); only the machine’s own ssh can verify its certificate.',
        name,
        path,
        line,
      ),
    );
  }

  /** Throws unless the key is known or unknown. */
  #judge(key: Buffer): 'known' | 'unknown' {
    const verdict = judgeKey(key, this.#address, this.#files);
    switch (verdict.kind) {
      case 'known':
        return 'known';
      case 'revoked':
        throw this.#revoked(key, verdict.entry);
      case 'changed':
        throw this.#changed(key, verdict);
      case 'unknown': {
        // As ssh does: a key that is known for the name without a port is good for every port.
        const plain = judgeKey(key, this.#plainAddress(), this.#files);
        if (plain.kind === 'revoked') throw this.#revoked(key, plain.entry);
        return plain.kind === 'known' ? 'known' : 'unknown';
      }
    }
  }

  #revoked(key: Buffer, { path, line }: KnownKey): HostError {
    const { name } = this.#settings;
    return new HostError(
      'host-key-revoked',
      name,
      say(
        'The key {1} of {0} is revoked in {2}, line {3}. Do not connect; ask the administrator of the host.',
        name,
        fingerprint(key),
        path,
        line,
      ),
    );
  }

  #changed(key: Buffer, { entries }: Extract<KeyVerdict, { kind: 'changed' }>): HostError {
    const { name } = this.#settings;
    const type = keyTypeOf(key) ?? '';
    const old = entries.find(({ keyType }) => keyType === type) ?? entries[0];
    return new HostError(
      'host-key-changed',
      name,
      say(
        'The host key of {0} has changed: it shows {1} {2}, but {5}, line {6} has {3} {4}. Somebody may be listening in, or the host was installed anew. Ask its administrator for the fingerprint; if it is right, remove the old key with ssh-keygen -R {7} -f {5}.',
        name,
        type,
        fingerprint(key),
        old.keyType,
        fingerprint(old.key),
        old.path,
        old.line,
        `'${this.#address}'`,
      ),
    );
  }

  async #ask(
    key: Buffer,
    signal: AbortSignal,
    whileAsking: <T>(ask: () => Promise<T>) => Promise<T>,
  ): Promise<void> {
    const { name, refuseUnknownKeys, userKnownHosts } = this.#settings;
    const { confirmHostKey } = this.#environment;
    const keyType = keyTypeOf(key) ?? '';
    const refusal = (): HostError =>
      new HostError(
        'host-key-unknown',
        name,
        say(
          'The host key of {0} ({1}) is not known: {2} {3}. Compare it with the host’s administrator, then connect once with ssh to add it to {4}.',
          name,
          this.#address,
          keyType,
          fingerprint(key),
          userKnownHosts[0] ?? 'known_hosts',
        ),
      );
    if (confirmHostKey === undefined || refuseUnknownKeys) throw refusal();
    const trusted = await whileAsking(() =>
      this.#prompts.inTurn(async () => {
        // Another connection may have asked for the same host in the meantime.
        if (this.#prompts.trusts(this.#address, key)) return true;
        const question = {
          host: name,
          address: this.#address,
          keyType,
          fingerprint: fingerprint(key),
        };
        const answer = await confirmHostKey(question, signal);
        if (answer) {
          this.#prompts.trust(this.#address, key);
          this.#toRemember = key;
        }
        return answer;
      }),
    );
    if (!trusted) throw refusal();
  }

  #plainAddress(): string {
    return knownHostsAddress(this.#settings.keyName, 22);
  }
}
