import type { ParsedKey } from 'ssh2';

/**
 * What the connections of one pool share, so that a person is asked once: one question at a time, and
 * each private key is unlocked once. Keys live in memory only, as long as the pool.
 */
export class Prompts {
  #last: Promise<unknown> = Promise.resolve();
  readonly #keys = new Map<string, Promise<ParsedKey | 'passphrase-needed' | 'wrong-passphrase'>>();

  readonly #trusted = new Map<string, Buffer>();

  /** Was this key accepted for this address by an answer of this pool? */
  trusts(address: string, key: Buffer): boolean {
    return this.#trusted.get(address)?.equals(key) === true;
  }

  trust(address: string, key: Buffer): void {
    this.#trusted.set(address, key);
  }

  /** Waits for the questions before, then asks; a failed question does not block the next. */
  inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(ask, ask);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** The unlocked key of a file; what failed is forgotten, so that a later connection may ask again. */
  async unlocked(
    file: string,
    unlock: () => Promise<ParsedKey | 'passphrase-needed' | 'wrong-passphrase'>,
  ): Promise<ParsedKey | 'passphrase-needed' | 'wrong-passphrase'> {
    const known = this.#keys.get(file);
    if (known !== undefined) return known;
    const pending = this.inTurn(unlock);
    this.#keys.set(file, pending);
    const forget = (): void => {
      if (this.#keys.get(file) === pending) this.#keys.delete(file);
    };
    try {
      const key = await pending;
      if (typeof key === 'string') forget();
      return key;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
