import type * as vscode from 'vscode';
import type { PlanResult } from '../../core/planner/plan.ts';
import { planFor, preflight } from '../../hosts/preflight/preflight.ts';
import type { Preflight } from '../../hosts/preflight/preflight.ts';
import type { Connections } from '../connections/connections.ts';
import { filesAround, nodeUri } from './files-around.ts';
import type { PreflightResult } from '../views/preflight/result.ts';

/** What a preflight found and the plan that follows from it. */
export interface PreflightOutcome {
  readonly preflight: Preflight;
  readonly plan: PlanResult;
  readonly result: PreflightResult;
}

export interface PreflightOrder {
  readonly file: vscode.Uri;
  readonly connections: Connections;
  /** `editor`: open documents count as they are; `disk`: only what is saved. */
  readonly texts: 'editor' | 'disk';
  readonly token: vscode.CancellationToken;
}

/**
 * Asks both hosts now and checks the migration on their answers; undefined when the file describes
 * no migration. Throws when it is cancelled.
 */
export async function runPreflight(order: PreflightOrder): Promise<PreflightOutcome | undefined> {
  const { file, connections, token } = order;
  const stop = new AbortController();
  const listening = token.onCancellationRequested(() => {
    stop.abort();
  });
  try {
    const uri = nodeUri(file);
    const found = await preflight({
      uri,
      workspace: filesAround(file, order.texts),
      hosts: (target) => connections.connect(target),
      now: () => Date.now(),
      signal: stop.signal,
    });
    if (found === undefined) return undefined;
    stop.signal.throwIfAborted();
    connections.take(found.snapshot);
    const plan = planFor(found);
    return { preflight: found, plan, result: resultOf(uri, found, plan) };
  } finally {
    listening.dispose();
  }
}

function resultOf(uri: string, found: Preflight, plan: PlanResult): PreflightResult {
  const { domain, source, destination } = found.descriptor.migration;
  return {
    uri,
    domain: domain?.value ?? '?',
    source: source?.value ?? '?',
    destination: destination?.value ?? '?',
    at: Date.now(),
    problems: found.problems,
    waiting: found.check.waiting,
    ran: found.check.ran,
    off: found.check.off,
    ignored: found.check.suppressed,
    refusals: plan.ok ? [] : plan.refusals,
  };
}
