import * as vscode from 'vscode';
import { collectFacts } from '../../hosts/collect/collect-facts.ts';
import { unreachableHost } from '../../hosts/collect/unreachable.ts';
import { HostError } from '../../hosts/host-error.ts';
import { targetFor } from '../../hosts/preflight/targets.ts';
import type { HostSession } from '../../hosts/session.ts';
import { attemptTable } from '../../hosts/ssh/attempt-table.ts';
import type { HostPool } from '../../hosts/ssh/pool.ts';
import type { HostTarget, SshEnvironment, SshTransport } from '../../hosts/ssh/target.ts';
import { say } from '../../core/messages.ts';
import type { FactsSnapshot, HostSnapshot } from '../../core/facts/snapshot.ts';
import type { WorkspaceInventories } from '../inventory/inventories.ts';
import { causeOf, show, translate } from '../text.ts';
import { hostFailure } from './failure.ts';
import type { HostStates } from './host-states.ts';
import { openMigrations } from '../migration/files-around.ts';
import { wantedFiles, wantedPaths } from './wanted-paths.ts';
import { askPassphrase, askPassword, confirmHostKey } from './prompts.ts';

/** The ssh connections of this window: one for each host, opened when something needs it. */
export class Connections implements vscode.Disposable {
  private pool: Promise<HostPool> | undefined;
  /** For work in the background: what would need an answer fails with its reason instead. */
  private silent: Promise<HostPool> | undefined;
  private readonly asking = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly disposables: vscode.Disposable[];
  private readonly states: HostStates;
  private readonly inventories: WorkspaceInventories;
  private readonly log: vscode.LogOutputChannel;

  constructor(states: HostStates, inventories: WorkspaceInventories, log: vscode.LogOutputChannel) {
    this.states = states;
    this.inventories = inventories;
    this.log = log;
    this.disposables = [
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('liveMigrate.ssh')) void this.closeAll();
      }),
    ];
  }

  /**
   * Asks a host for its facts; `states` then tells what came of it. Never rejects. Questions at the
   * same time become one.
   */
  ask(host: string): Promise<void> {
    let running = this.asking.get(host);
    if (running === undefined) {
      running = this.askOnce(host).finally(() => this.asking.delete(host));
      this.asking.set(host, running);
    }
    return running;
  }

  /** The connection to a host of the inventories. Throws HostError. */
  async session(host: string): Promise<HostSession> {
    const { hosts } = await this.inventories.read();
    const target = targetFor(host, hosts);
    if (target === undefined) throw unlisted(host);
    return this.connect(target);
  }

  /** The connection to a target. Throws HostError; the host's state then says so too. */
  async connect(target: HostTarget): Promise<HostSession> {
    if (!vscode.workspace.isTrusted) throw untrusted(target.name);
    try {
      const session = await (await this.opened()).session(target);
      void session.closed.then(() => {
        this.states.disconnected(target.name);
      });
      return session;
    } catch (error) {
      this.fail(target.name, error);
      throw error;
    }
  }

  /**
   * A connection for watching a run: the open one, else one that asks nobody anything. A question
   * must never come from the background. Throws HostError.
   */
  async background(host: string): Promise<HostSession> {
    const { hosts } = await this.inventories.read();
    const target = targetFor(host, hosts);
    if (target === undefined) throw unlisted(host);
    const open = (await this.pool)?.current(target);
    if (open !== undefined) return open;
    if (!vscode.workspace.isTrusted) throw untrusted(host);
    this.silent ??= openPool(this.environment());
    return (await this.silent).session(target);
  }

  /** Facts that were collected elsewhere (a preflight) count for the views as well. */
  take(snapshot: FactsSnapshot): void {
    for (const [host, said] of Object.entries(snapshot.hosts)) {
      if (said.unreachable !== undefined) this.states.keepFacts(host, said);
      else this.states.set(host, { kind: 'answered', snapshot: said, connected: true });
    }
  }

  /** Closes the connection to one host; a migration that runs there goes on. */
  async close(host: string): Promise<void> {
    const { hosts } = await this.inventories.read();
    const target = targetFor(host, hosts);
    if (target !== undefined) await (await this.pool)?.disconnect(target);
    this.states.disconnected(host);
  }

  async closeAll(): Promise<void> {
    const open = [this.pool, this.silent];
    this.pool = undefined;
    this.silent = undefined;
    await Promise.all(open.map(async (pool) => (await pool)?.close()));
  }

  dispose(): void {
    this.stopping.abort();
    for (const disposable of this.disposables) disposable.dispose();
  }

  /**
   * Now that the domain is known, so are the paths to look at on the other side: a destination that
   * was asked before is asked for these as well.
   */
  private askDestinations(source: string): void {
    const migrations = openMigrations();
    const facts = this.states.facts();
    for (const { descriptor } of migrations) {
      const { source: from, destination } = descriptor.migration;
      if (from?.value !== source || destination === undefined) continue;
      const state = this.states.of(destination.value);
      if (state.kind !== 'answered' || !state.connected) continue;
      const paths = wantedPaths(destination.value, migrations, facts);
      const files = wantedFiles(destination.value, migrations, facts);
      const { images, files: seen = {} } = state.snapshot;
      if (
        paths.some((path) => !Object.hasOwn(images, path)) ||
        files.some((path) => !Object.hasOwn(seen, path))
      ) {
        void this.ask(destination.value);
      }
    }
  }

  private fail(host: string, error: unknown): void {
    this.log.error(`${host}: ${causeOf(error)}`);
    // Checks that wait for this host then say why; facts of an earlier answer are kept instead.
    if (this.states.facts().hosts[host] === undefined) {
      this.states.keepFacts(host, unreachableHost(host, Date.now(), causeOf(error)));
    }
    this.states.set(host, { kind: 'failed', failure: hostFailure(host, error) });
  }

  private opened(): Promise<HostPool> {
    this.pool ??= openPool({
      ...this.environment(),
      confirmHostKey,
      askPassphrase,
      askPassword,
    });
    return this.pool;
  }

  private environment(): SshEnvironment {
    const settings = vscode.workspace.getConfiguration('liveMigrate.ssh');
    const configFile = settings.get<string>('configFile', '');
    const knownHostsFiles = settings.get<readonly string[]>('knownHostsFiles', []);
    const transport = settings.get<SshTransport>('transport', 'auto');
    return {
      ...(configFile === '' ? {} : { configFile }),
      ...(knownHostsFiles.length === 0 ? {} : { knownHostsFiles }),
      transport,
      // Only the user's own settings name the configuration: a workspace cannot. What it names is
      // run for trusted workspaces alone.
      allowProxyCommand: vscode.workspace.isTrusted,
      tellAttempts: (host, attempts) => {
        const table = attemptTable(attempts, translate).map((line) => `  ${line}`);
        this.log.error([show(say('Attempts to log in to {0}:', host)), ...table].join('\n'));
      },
      warn: (message) => {
        this.log.warn(show(message));
      },
    };
  }

  /** Domain XML is then held against what this host's libvirt knows. */
  private async keepGrammar(session: HostSession, snapshot: HostSnapshot): Promise<void> {
    const { versions } = snapshot;
    if (!versions.ok) return;
    const { keepHostGrammar } = await import('../../hosts/collect/schemas.ts');
    const wrong = await keepHostGrammar(session, versions.value.libvirt, {
      signal: this.stopping.signal,
    });
    if (wrong !== undefined) this.log.info(wrong);
    // The server looks for grammars again when it gets facts.
    else this.states.keepFacts(session.host, snapshot);
  }

  private async askOnce(host: string): Promise<void> {
    this.states.set(host, { kind: 'asking' });
    try {
      const session = await this.session(host);
      const snapshot = await collectFacts(
        session,
        {
          paths: wantedPaths(host, openMigrations(), this.states.facts()),
          files: wantedFiles(host, openMigrations(), this.states.facts()),
          domains: 'all',
          signal: this.stopping.signal,
        },
        () => Date.now(),
      );
      this.states.set(host, { kind: 'answered', snapshot, connected: true });
      this.askDestinations(host);
      await this.keepGrammar(session, snapshot);
    } catch (error) {
      // What `connect` has told already is not told twice.
      if (this.states.of(host).kind !== 'failed') this.fail(host, error);
    }
  }
}

/** ssh is loaded when it is first needed: activation must not wait for it. */
async function openPool(environment: SshEnvironment): Promise<HostPool> {
  const { openHosts } = await import('../../hosts/ssh/pool.ts');
  return openHosts(environment);
}

function unlisted(host: string): HostError {
  return new HostError('unresolvable', host, say('No inventory says how to reach {0}.', host));
}

function untrusted(host: string): HostError {
  return new HostError('cancelled', host, say('Hosts are contacted only from trusted workspaces.'));
}
