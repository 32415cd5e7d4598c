import type {
  AnyAuthMethod,
  AuthenticationType,
  KeyboardInteractiveAuthMethod,
  NextAuthHandler,
  ParsedKey,
} from 'ssh2';
import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import { HostError } from '../host-error.ts';
import type { AuthAttempt } from '../host-error.ts';
import { OneKeyAgent, agentKeys, parsePublic, readIdentity, signByAgent } from './identities.ts';
import type { AgentKey, IdentityFile } from './identities.ts';
import { fingerprint } from './known-hosts.ts';
import type { Prompts } from './prompts.ts';
import type { HostSettings } from './settings.ts';
import type { SshEnvironment } from './target.ts';

const passphraseTries = 3;
const passwordTries = 3;
const agentTimeout = 5_000;

export interface AuthenticationRequest {
  readonly settings: HostSettings;
  readonly environment: SshEnvironment;
  readonly prompts: Prompts;
  readonly signal: AbortSignal;
  /** Runs a question with the phase timer stopped. */
  readonly whileAsking: <T>(question: () => Promise<T>) => Promise<T>;
}

/**
 * Proves who we are, in ssh's order: keys of the agent that the configuration names, other keys of
 * the agent, key files, then what has to be typed. Every attempt is recorded. An encrypted key is
 * shown to the server first; its passphrase is asked for only when the server wants that key.
 */
export class Authentication {
  readonly #request: AuthenticationRequest;
  readonly #attempts: AuthAttempt[] = [];
  #methods: AsyncGenerator<AnyAuthMethod, undefined, ServerSays> | undefined;
  #current: Current | undefined;
  /** Methods that the server names in its latest answer, and in the one before. */
  #heard: readonly AuthenticationType[] | undefined;
  #before: readonly AuthenticationType[] | undefined;

  constructor(request: AuthenticationRequest) {
    this.#request = request;
  }

  /** The `authHandler` of ssh2: called before the first and after every refused attempt. */
  next(left: AuthenticationType[] | null, partial: boolean | null, done: NextAuthHandler): void {
    const now = this.#heard ?? left ?? undefined;
    // A server that takes no more keys after one has taken that one, and wants something else too.
    const taken =
      takes({ left: this.#before }, 'publickey') && now?.includes('publickey') === false;
    const byKey = this.#current?.method === 'agent' || this.#current?.method === 'publickey';
    this.#finishCurrent(partial === true || (byKey && taken) ? 'accepted-more-needed' : 'refused');
    this.#before = now;
    const says: ServerSays = { left: now };
    this.#methods ??= this.#all();
    this.#methods.next(says).then(
      (step) => {
        done(step.done === true ? (false as unknown as AnyAuthMethod) : step.value);
      },
      () => {
        done(false as unknown as AnyAuthMethod);
      },
    );
  }

  /**
   * What ssh2 logs about the server’s answers. It keeps to itself which methods are left after a key
   * of an agent, so that a key that is the first of two factors would look refused.
   */
  overhear(line: string): void {
    const methods = /^Inbound: Received USERAUTH_FAILURE \((.*)\)$/.exec(line)?.[1];
    if (methods !== undefined) this.#heard = methods.split(',') as AuthenticationType[];
  }

  /** The error for “nothing worked”, with what was tried and the next step. */
  failure(): HostError {
    this.#finishCurrent('refused');
    const { name, user } = this.#request.settings;
    const tried = this.#attempts.filter(
      ({ result }) => result !== 'no-such-file' || this.#request.settings.identitiesNamed,
    );
    return new HostError('authentication', name, adviceFor(name, user, tried), {
      attempts: tried,
    });
  }

  /** The error for a connection that the server ended during the login. */
  closed(): HostError {
    const { name, user } = this.#request.settings;
    this.#finishCurrent('refused');
    return new HostError(
      'authentication',
      name,
      say(
        '{0} ended the connection while {1} was logging in (attempts: {2}). It may allow fewer of them (MaxAuthTries): set IdentitiesOnly in the ssh configuration.',
        name,
        user,
        this.#attempts.length,
      ),
      { attempts: this.#attempts },
    );
  }

  async *#all(): AsyncGenerator<AnyAuthMethod, undefined, ServerSays> {
    const { settings } = this.#request;
    // Asks which methods the server takes, so that nobody is asked for a secret in vain.
    let says = yield { type: 'none', username: settings.user };
    says = yield* this.#keys(says);
    yield* this.#typed(says);
    return undefined;
  }

  async *#keys(before: ServerSays): AsyncGenerator<AnyAuthMethod, ServerSays, ServerSays> {
    const { settings } = this.#request;
    let says = before;
    const files: IdentityFile[] = [];
    for (const path of settings.identityFiles) files.push(await readIdentity(path));
    const agent = await this.#agentKeys();
    const named = files.flatMap((file) => publicKeyOf(file) ?? []);
    const isNamed = ({ key }: AgentKey): boolean =>
      named.some((publicKey) => publicKey.equals(key.getPublicSSH()));
    const others = settings.identitiesOnly ? [] : agent.filter((key) => !isNamed(key));
    for (const key of [...agent.filter(isNamed), ...others]) {
      if (!takes(says, 'publickey')) return says;
      const what = `${key.fingerprint} ${key.comment}`.trim();
      this.#current = { method: 'agent', what: `${settings.agentSocket ?? ''}: ${what}` };
      says = yield { type: 'agent', username: settings.user, agent: signByAgent(key) };
    }
    for (const file of files) {
      const publicKey = publicKeyOf(file);
      const held = agent.some(({ key }) => publicKey?.equals(key.getPublicSSH()) === true);
      if (held) continue;
      if (!takes(says, 'publickey')) return says;
      const method = await this.#fileMethod(file);
      if (method !== undefined) says = yield method;
    }
    return says;
  }

  async #agentKeys(): Promise<readonly AgentKey[]> {
    const socket = this.#request.settings.agentSocket;
    if (socket === undefined) return [];
    try {
      const keys = await agentKeys(socket, agentTimeout);
      if (keys.length === 0) this.#record('agent', socket, 'agent-empty');
      return keys;
    } catch {
      this.#record('agent', socket, 'agent-unreachable');
      return [];
    }
  }

  async #fileMethod(file: IdentityFile): Promise<AnyAuthMethod | undefined> {
    const username = this.#request.settings.user;
    switch (file.kind) {
      case 'unusable':
        this.#record('publickey', file.path, file.result);
        return undefined;
      case 'public':
        this.#record('publickey', file.path, 'not-a-key');
        return undefined;
      case 'open':
        this.#current = { method: 'publickey', what: describe(file.path, file.key) };
        // ssh2's types want the text of a key; it takes a parsed one as well.
        return { type: 'publickey', username, key: file.key as unknown as Buffer };
      case 'locked':
        return this.#lockedMethod(file);
    }
  }

  async #lockedMethod(
    file: Extract<IdentityFile, { kind: 'locked' }>,
  ): Promise<AnyAuthMethod | undefined> {
    const username = this.#request.settings.user;
    const publicKey = file.publicKey === undefined ? undefined : parsePublic(file.publicKey);
    if (publicKey === undefined) {
      const key = await this.#unlock(file);
      if (typeof key === 'string') {
        this.#record('publickey', file.path, key);
        return undefined;
      }
      this.#current = { method: 'publickey', what: describe(file.path, key) };
      return { type: 'publickey', username, key: key as unknown as Buffer };
    }
    const current: Current = {
      method: 'publickey',
      what: describe(file.path, publicKey),
    };
    this.#current = current;
    const agent = new OneKeyAgent(publicKey, async (data, hash) => {
      const key = await this.#unlock(file);
      if (typeof key !== 'string') return signWith(key, data, hash);
      current.result = key;
      throw new Error(key);
    });
    return { type: 'agent', username, agent };
  }

  #unlock(
    file: Extract<IdentityFile, { kind: 'locked' }>,
  ): Promise<ParsedKey | 'passphrase-needed' | 'wrong-passphrase'> {
    const { environment, prompts, signal, whileAsking } = this.#request;
    const { askPassphrase } = environment;
    return whileAsking(() =>
      prompts.unlocked(file.path, async () => {
        if (askPassphrase === undefined) return 'passphrase-needed';
        for (let tries = 0; tries < passphraseTries && !signal.aborted; tries++) {
          const passphrase = await askPassphrase(file.path, signal);
          if (passphrase === undefined) return 'passphrase-needed';
          const key = file.unlock(passphrase);
          if (key !== undefined) return key;
        }
        return 'wrong-passphrase';
      }),
    );
  }

  async *#typed(before: ServerSays): AsyncGenerator<AnyAuthMethod, undefined, ServerSays> {
    const { settings, environment } = this.#request;
    const { askPassword } = environment;
    let says = before;
    if (askPassword === undefined) return undefined;
    for (let tries = 0; tries < passwordTries && takes(says, 'keyboard-interactive'); tries++) {
      const gaveUp = new AbortController();
      this.#current = { method: 'keyboard-interactive', what: settings.user };
      const prompt: KeyboardPrompt = (...[, , , questions, finish]) => {
        void this.#answers(questions).then((answers) => {
          if (answers === undefined) gaveUp.abort();
          finish([...(answers ?? questions.map(() => ''))]);
        });
      };
      says = yield { type: 'keyboard-interactive', username: settings.user, prompt };
      if (gaveUp.signal.aborted) return undefined;
    }
    for (let tries = 0; tries < passwordTries && takes(says, 'password'); tries++) {
      const [password] = (await this.#answers([{ prompt: 'Password:', echo: false }])) ?? [];
      if (password === undefined) return undefined;
      this.#current = { method: 'password', what: settings.user };
      says = yield { type: 'password', username: settings.user, password };
    }
    return undefined;
  }

  /** Answers in order, or undefined when the person gave up. */
  async #answers(
    questions: readonly { readonly prompt: string; readonly echo?: boolean }[],
  ): Promise<readonly string[] | undefined> {
    const { settings, environment, prompts, signal, whileAsking } = this.#request;
    const answers: string[] = [];
    for (const { prompt, echo } of questions) {
      const { name, user } = settings;
      const question = { host: name, user, prompt, echo: echo === true };
      const answer = await whileAsking(() =>
        prompts.inTurn(async () => environment.askPassword?.(question, signal)),
      ).catch(() => undefined);
      if (answer === undefined) return undefined;
      answers.push(answer);
    }
    return answers;
  }

  #finishCurrent(result: AuthAttempt['result']): void {
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined) this.#record(current.method, current.what, current.result ?? result);
  }

  #record(method: AuthAttempt['method'], what: string, result: AuthAttempt['result']): void {
    this.#attempts.push({ method, what, result });
  }
}

type KeyboardPrompt = KeyboardInteractiveAuthMethod['prompt'];

/** The attempt that the server has not answered yet. */
interface Current {
  readonly method: AuthAttempt['method'];
  readonly what: string;
  result?: AuthAttempt['result'];
}

interface ServerSays {
  /** Methods that can continue; undefined before the server said anything. */
  readonly left: readonly AuthenticationType[] | undefined;
}

function takes({ left }: ServerSays, method: AuthenticationType): boolean {
  return left === undefined || left.includes(method);
}

function publicKeyOf(file: IdentityFile): Buffer | undefined {
  switch (file.kind) {
    case 'open':
      return file.key.getPublicSSH();
    case 'locked':
    case 'public':
      return file.publicKey;
    case 'unusable':
      return undefined;
  }
}

function describe(path: string, key: ParsedKey): string {
  return `${path} (${fingerprint(key.getPublicSSH())})`;
}

function signWith(key: ParsedKey, data: Buffer, hash: string | undefined): Buffer {
  const signature: Buffer | Error = key.sign(data, hash);
  if (signature instanceof Error) throw signature;
  return signature;
}

function adviceFor(host: string, user: string, attempts: readonly AuthAttempt[]): Message {
  const locked = attempts.find(({ result }) => result === 'passphrase-needed');
  if (locked !== undefined)
    return say(
      '{0} did not let {1} in. A key needs its passphrase: add {2} to the agent with ssh-add.',
      host,
      user,
      locked.what,
    );
  if (attempts.length === 0)
    return say(
      '{0} did not let {1} in: there was no key to try. Add a key to the agent with ssh-add, or name an IdentityFile in the ssh configuration.',
      host,
      user,
    );
  return say(
    '{0} did not let {1} in (attempts: {2}). Check the user name, and that ~/.ssh/authorized_keys of this user on the host has one of the keys that were tried.',
    host,
    user,
    attempts.length,
  );
}
