import type { MigrationDescriptor } from '../../core/descriptor/descriptor.ts';
import type { Domain } from '../../core/domain/domain.ts';
import type { MigrationFacts } from '../../core/facts/keys.ts';
import type { FactsSnapshot } from '../../core/facts/snapshot.ts';
import { migrationFacts } from '../../core/facts/view.ts';
import { destinationUri } from '../../core/planner/destination-uri.ts';
import { planMigration } from '../../core/planner/plan-migration.ts';
import type { PlanResult } from '../../core/planner/plan.ts';
import type { Problem } from '../../core/problems.ts';
import { allRules } from '../../core/rules/all.ts';
import { checkMigration } from '../../core/rules/engine.ts';
import type { CheckResult } from '../../core/rules/engine.ts';
import { raisingLevels } from '../../core/rules/levels.ts';
import { diagnose } from '../../core/service/diagnose.ts';
import { createParseCache } from '../../core/service/parse-cache.ts';
import { surroundingsOf } from '../../core/service/surroundings.ts';
import type { Surroundings } from '../../core/service/surroundings.ts';
import type { Workspace } from '../../core/service/workspace.ts';
import { sha256 } from '../run/record.ts';
import { collectForMigration } from './collect-for-migration.ts';
import type { HostAccess } from './collect-for-migration.ts';
import { probeStorage } from './probe-storage.ts';
import { targetFor } from './targets.ts';

/** What a preflight found, with facts that were collected for it. */
export interface Preflight {
  readonly descriptor: MigrationDescriptor;
  readonly surroundings: Surroundings;
  readonly snapshot: FactsSnapshot;
  /** Facts with the live XML: what will really move. */
  readonly facts: MigrationFacts;
  /** The rules over these facts; a launch refuses on any error in it. */
  readonly check: CheckResult;
  /** Everything to show: file mistakes, and findings on the lines of the files where they stand. */
  readonly problems: readonly Problem[];
}

export interface PreflightRequest {
  readonly uri: string;
  /**
   * Files; its facts are replaced by those that are collected. Of its levels only those count that
   * make a rule stricter: what a launch lets pass must stand in the file.
   */
  readonly workspace: Workspace;
  readonly hosts: HostAccess;
  /** As `preflight.storageProbe: true` in the file. */
  readonly probeStorage?: boolean;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Collects fresh facts of both hosts and checks the migration; undefined when it is no migration. */
export async function preflight(request: PreflightRequest): Promise<Preflight | undefined> {
  const { uri, workspace, now } = request;
  const cache = createParseCache();
  const before = surroundingsFor(uri, workspace, cache);
  if (before === undefined) return undefined;
  const collected = await collectForMigration({ ...request, surroundings: before });
  const snapshot = await probed(collected, before, request);
  const levels = raisingLevels(workspace.levels?.() ?? new Map(), allRules);
  const informed: Workspace = {
    ...bound(workspace),
    facts: () => snapshot,
    now,
    levels: () => levels,
  };
  const surroundings = surroundingsFor(uri, informed, cache) ?? before;
  const { descriptor, inventories, domainXml } = surroundings;
  const facts = migrationFacts({ descriptor, domain: domainXml?.domain, snapshot, prefer: 'live' });
  const check = checkMigration({
    descriptor,
    facts,
    inventories,
    domainXml,
    levels,
    now: now(),
  });
  const shown = diagnose(uri, informed, cache).problems;
  return {
    descriptor,
    surroundings,
    snapshot,
    facts,
    check,
    problems: merged(shown, check.problems),
  };
}

/** The probe of shared storage, when the file or the caller asks for it and both hosts answer. */
async function probed(
  snapshot: FactsSnapshot,
  { descriptor, hosts }: Surroundings,
  request: PreflightRequest,
): Promise<FactsSnapshot> {
  const { source, destination, preflight: wishes } = descriptor.migration;
  if (request.probeStorage !== true && wishes?.storageProbe?.value !== true) return snapshot;
  const named = [source?.value, destination?.value].map((name) =>
    name === undefined ? undefined : snapshot.hosts[name],
  );
  const [here, there] = named.map((host) =>
    host === undefined || host.unreachable !== undefined ? undefined : targetFor(host.name, hosts),
  );
  if (here === undefined || there === undefined) return snapshot;
  const [first, second] = await Promise.all([request.hosts(here), request.hosts(there)]);
  return probeStorage({ snapshot, source: first, destination: second, signal: request.signal });
}

/** The plan for what a preflight found, or by name why there is none. */
export function planFor({ descriptor, surroundings, facts, check }: Preflight): PlanResult {
  const { domain } = facts;
  const live = facts['source.domain'];
  if (!domain.known || !live.known) {
    const why = domain.known ? live : domain;
    const message = why.known ? { text: '', args: [] } : why.why;
    return { ok: false, refusals: [{ path: ['source'], code: 'facts-unknown', message }] };
  }
  const named = descriptor.migration.destination?.value ?? '';
  const host = surroundings.hosts.find((candidate) => candidate.name === named)?.host;
  return planMigration({
    descriptor,
    domain: domain.value satisfies Domain,
    domainXmlText: live.value.xml,
    facts,
    destinationUri: destinationUri(named, host),
    migrationAddress: host?.migrationAddress?.value,
    check,
    hash: sha256,
  });
}

function surroundingsFor(
  uri: string,
  workspace: Workspace,
  cache: ReturnType<typeof createParseCache>,
): Surroundings | undefined {
  const text = workspace.read(uri);
  const descriptor = text === undefined ? undefined : cache.descriptor(uri, text);
  return descriptor?.kind === 'Migration'
    ? surroundingsOf(descriptor, workspace, cache)
    : undefined;
}

/** The workspace's methods as functions, so that single ones can be replaced. */
function bound(workspace: Workspace): Workspace {
  return {
    read: (uri) => workspace.read(uri),
    resolve: (base, path) => workspace.resolve(base, path),
    inventories: (uri) => workspace.inventories(uri),
    facts: () => workspace.facts(),
    now: () => workspace.now(),
  };
}

/** Findings on files first; of the findings on live XML those that the files did not show. */
function merged(shown: readonly Problem[], live: readonly Problem[]): readonly Problem[] {
  const key = (problem: Problem): string => JSON.stringify([problem.code, problem.message]);
  const seen = new Set(shown.map(key));
  return [...shown, ...live.filter((problem) => !seen.has(key(problem)))];
}
