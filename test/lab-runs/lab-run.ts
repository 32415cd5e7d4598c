import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { render } from '../../core/messages.ts';
import type { Plan, PlanResult } from '../../core/planner/plan.ts';
import { planFor, preflight } from '../../hosts/preflight/preflight.ts';
import type { Preflight } from '../../hosts/preflight/preflight.ts';
import type { RunEntry, RunOutcome } from '../../hosts/run/entry.ts';
import { startRun } from '../../hosts/run/execute.ts';
import type { RunInput } from '../../hosts/run/execute.ts';
import type { Sessions } from '../../hosts/run/links.ts';
import { thisProcess } from '../../hosts/run/owner.ts';
import { createRun } from '../../hosts/run/record.ts';
import { openHosts } from '../../hosts/ssh/pool.ts';
import { diskWorkspace } from '../../hosts/workspace/disk-workspace.ts';
import type { Guest, Lab } from '../lab/lab.ts';

/** Connections as the product makes them, with the lab's ssh configuration and host keys. */
export interface LabHosts {
  readonly sessions: Sessions;
  close(): Promise<void>;
}

export function labHosts(sshConfig: string): LabHosts {
  const pool = openHosts({ configFile: sshConfig, connectTimeout: 10_000, keepalive: 2000 });
  return {
    sessions: (name) => pool.session({ name, user: 'root' }),
    close: () => pool.close(),
  };
}

/** A lab with a workspace: what a user of the product has. */
export interface Desk {
  readonly lab: Lab;
  readonly hosts: LabHosts;
  /** State folder that all runs of this desk share. */
  readonly state: string;
  /** Collects facts of both hosts and checks; `body` are the lines below the descriptor's head. */
  preflight(
    guest: Guest,
    body: string,
    ends?: readonly [from: string, to: string],
  ): Promise<Preflight>;
  /** Collects facts of both hosts and plans; `body` are the lines below the descriptor's head. */
  plan(guest: Guest, body: string, ends?: readonly [from: string, to: string]): Promise<PlanResult>;
  /** The plan, which must be one. */
  planned(guest: Guest, body: string, ends?: readonly [from: string, to: string]): Promise<Plan>;
  start(plan: Plan, more?: Partial<RunInput>): StartedRun;
  close(): Promise<void>;
}

export interface StartedRun {
  readonly id: string;
  readonly events: readonly RunEntry[];
  readonly outcome: Promise<RunOutcome>;
}

/** @param keep state folder that stays when the desk is closed; default: one of its own that goes */
export function openDesk(lab: Lab, keep?: string): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'livemigrate-desk-'));
  const state = keep ?? join(folder, 'state');
  const files = join(folder, 'files');
  mkdirSync(files);
  lab.writeInventory(join(files, 'lab.migration.yaml'));
  const hosts = labHosts(lab.sshConfig);
  const check: Desk['preflight'] = async (guest, body, [from, to] = ['kvm01', 'kvm02']) => {
    const file = join(files, `${guest.name}.migration.yaml`);
    const head = `apiVersion: livemigrate/v1\nkind: Migration\ndomain: ${guest.name}\n`;
    writeFileSync(file, `${head}source: ${from}\ndestination: ${to}\n${body}`);
    const found = await preflight({
      uri: pathToFileURL(file).href,
      workspace: diskWorkspace({ root: files, now: Date.now }),
      hosts: (target) => hosts.sessions(target.name),
      now: Date.now,
      signal: AbortSignal.timeout(60_000),
    });
    if (found === undefined) throw new Error(`${file} is no migration`);
    return found;
  };
  const plan: Desk['plan'] = async (guest, body, ends) => planFor(await check(guest, body, ends));
  return {
    lab,
    hosts,
    state,
    preflight: check,
    plan,
    async planned(guest, body, ends) {
      const result = await plan(guest, body, ends);
      if (result.ok) return result.plan;
      const reasons = result.refusals.map(({ code, message }) => `${code}: ${render(message)}`);
      throw new Error(`refused:\n${reasons.join('\n')}`);
    },
    start(made, more = {}) {
      const record = createRun(made, thisProcess('cli'), { folder: state });
      const events: RunEntry[] = [];
      const outcome = startRun({
        plan: made,
        sessions: hosts.sessions,
        record,
        onEvent: (entry) => events.push(entry),
        ...more,
      });
      return { id: record.id, events, outcome };
    },
    async close() {
      await hosts.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An outcome in one line, for the message of a failed assertion. */
export function told(outcome: RunOutcome | undefined): string {
  if (outcome === undefined) return 'no outcome';
  const { result, guest, cause } = outcome;
  return `${result}, guest ${guest}: ${render(outcome.message)} ${cause?.text ?? ''}`;
}
