import { say } from '../core/messages.ts';
import type { Message } from '../core/messages.ts';
import type { Command } from '../core/virsh/command.ts';
import { virsh } from '../core/virsh/domain-commands.ts';
import { parseDomainList } from '../core/virsh/parse/domain-list.ts';
import { parseQmp } from '../core/virsh/parse/qmp.ts';
import type { QmpAnswer } from '../core/virsh/parse/qmp.ts';
import { HostError } from './host-error.ts';
import type { ExecResult, HostSession } from './session.ts';

/** Milliseconds: libvirt waits up to 30 s for a domain that is busy. */
const commandTimeout = 45_000;

export interface DomainIdentity {
  readonly uuid: string;
  readonly name: string;
}

/** Commands about the domains of one host, with libvirt's refusals as errors. */
export class DomainAccess {
  readonly host: string;
  readonly #session: HostSession;
  readonly #signal: AbortSignal | undefined;

  constructor(session: HostSession, signal: AbortSignal | undefined) {
    this.host = session.host;
    this.#session = session;
    this.#signal = signal;
  }

  /**
   * The domain of exactly this name or UUID. virsh itself would take a name of digits for an ID, so
   * it is only ever given UUIDs.
   */
  async find(named: string): Promise<DomainIdentity> {
    const listed = parseDomainList(await this.run(virsh('list', '--all', '--uuid', '--name')));
    const found = listed.find(({ uuid, name }) => name === named || uuid === named);
    if (found !== undefined) return found;
    throw this.error(say('{0} has no domain {1}.', this.host, named));
  }

  exec(command: Command): Promise<ExecResult> {
    return this.#session.exec(command, {
      timeout: commandTimeout,
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
    });
  }

  /** The output of a command that succeeded. */
  async run(command: Command): Promise<string> {
    const result = await this.exec(command);
    if (result.code === 0) return result.stdout;
    const said = (result.stderr.trim() || result.stdout.trim()).replace(/^error: /gm, '');
    throw this.error(
      say(
        'libvirt on {0} refused: {1}',
        this.host,
        said === '' ? `exit code ${String(result.code)}` : said,
      ),
    );
  }

  /** Asks QEMU. virsh exits with 0 when QEMU refuses, so the answer is read in any case. */
  async ask(command: Command): Promise<QmpAnswer> {
    return parseQmp(await this.run(command));
  }

  error(message: Message): HostError {
    return new HostError('operation', this.host, message);
  }
}
