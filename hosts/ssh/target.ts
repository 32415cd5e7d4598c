import type { Message } from '../../core/messages.ts';
import type { AuthAttempt } from '../host-error.ts';

/** A host as an inventory names it. What it leaves open, the ssh configuration says. */
export interface HostTarget {
  /** Inventory name, used in every message. */
  readonly name: string;
  /** Name or address for ssh, looked up in the ssh configuration; `name` when absent. */
  readonly address?: string;
  readonly port?: number;
  readonly user?: string;
  /** `[user@]host[:port]` or an alias of the ssh configuration, or an inventory host of its own. */
  readonly jumpHost?: string | HostTarget;
}

export interface HostKeyQuestion {
  /** Inventory name, or the name of the jump host. */
  readonly host: string;
  /** Where the key came from, as known_hosts writes it: `name` or `[name]:port`. */
  readonly address: string;
  /** ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa, … */
  readonly keyType: string;
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

export interface PasswordQuestion {
  readonly host: string;
  readonly user: string;
  /** The server's own words, e.g. `Password: `; they are text of the remote side. */
  readonly prompt: string;
  /** May the answer be shown while it is typed? */
  readonly echo: boolean;
}

export type SshTransport = 'auto' | 'built-in' | 'system';

/** What the machine and its user contribute to a connection. Callbacks may take as long as people do. */
export interface SshEnvironment {
  /** As `ssh -F`: only this file is read. Otherwise ~/.ssh/config and then /etc/ssh/ssh_config. */
  readonly configFile?: string;
  /** Instead of the configuration's UserKnownHostsFile; accepted keys go to the first. */
  readonly knownHostsFiles?: readonly string[];
  /** Agent socket instead of IdentityAgent and SSH_AUTH_SOCK. */
  readonly agentSocket?: string;
  /** The passphrase of a private key file, or undefined to do without that key. */
  readonly askPassphrase?: (file: string, signal: AbortSignal) => Promise<string | undefined>;
  readonly askPassword?: (
    question: PasswordQuestion,
    signal: AbortSignal,
  ) => Promise<string | undefined>;
  /** Trust this unknown key and remember it? Without the callback unknown keys are refused. */
  readonly confirmHostKey?: (question: HostKeyQuestion, signal: AbortSignal) => Promise<boolean>;
  /** Milliseconds for each phase (connection, handshake, authentication), prompts not counted. */
  readonly connectTimeout?: number;
  /** Milliseconds between signs of life; three unanswered ones end the connection. 0 switches off. */
  readonly keepalive?: number;
  /** Run ProxyCommand of the ssh configuration. Only for a configuration that the user owns. */
  readonly allowProxyCommand?: boolean;
  /**
   * `built-in` speaks ssh itself; `system` runs the machine's `ssh`; `auto` (the default) is the
   * first, and the second where that cannot get in.
   */
  readonly transport?: SshTransport;
  /** Something worth telling that does not stop the connection. */
  readonly warn?: (message: Message) => void;
  /** A login that failed, with what was tried, in order: for a table (see attempt-table.ts). */
  readonly tellAttempts?: (host: string, attempts: readonly AuthAttempt[]) => void;
  /** Home folder and environment variables, for tests; else those of the process. */
  readonly home?: string;
  readonly variables?: Readonly<Record<string, string | undefined>>;
}
