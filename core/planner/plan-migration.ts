import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import type { Domain } from '../domain/domain.ts';
import { readDomain } from '../domain/read.ts';
import type { MigrationFacts } from '../facts/keys.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { CheckResult } from '../rules/engine.ts';
import { viewMigration } from '../rules/view.ts';
import type { MigrationView } from '../rules/rule.ts';
import { migrateCommand } from '../virsh/migrate.ts';
import { parseXml } from '../xml/parse.ts';
import { checkHosts, checkRules, refuseFile } from './check-before.ts';
import { decideDisks } from './decide-disks.ts';
import { decidePolicy } from './decide-policy.ts';
import { isUsableDestinationUri } from './destination-uri.ts';
import { planDigest } from './digest.ts';
import type { Hash } from './digest.ts';
import type { Plan, PlanResult, Refusal } from './plan.ts';
import { planSteps, watchCommands } from './plan-steps.ts';

export interface PlanInput {
  readonly descriptor: MigrationDescriptor;
  /** The domain that the rules saw: of the linked file, or live. */
  readonly domain: Domain;
  /** What runs now (`virsh dumpxml`): the plan is made for this and for nothing else. */
  readonly domainXmlText: string;
  readonly facts: MigrationFacts;
  /** As the source host reaches it; see `destinationUri`. */
  readonly destinationUri: string;
  /** The inventory's `migrationAddress` of the destination; the default of `policy.migrateUri`. */
  readonly migrationAddress?: string | undefined;
  readonly check: CheckResult;
  readonly hash: Hash;
}

/**
 * Decides everything that a run will do, or says by name why it cannot be done. The same input
 * always gives the same plan; nothing is decided later by the executor.
 */
export function planMigration(input: PlanInput): PlanResult {
  const { descriptor, facts, check } = input;
  const view = viewMigration(descriptor);
  const refusals: Refusal[] = [...refuseFile(descriptor), ...checkRules(check)];
  const { domain: live } = readDomain(input.domain.uri, parseXml(input.domainXmlText));
  const identity = checkHosts({ view, facts, live });
  refusals.push(...identity.refusals);
  if (!isUsableDestinationUri(input.destinationUri)) {
    refusals.push({
      path: ['destination'],
      code: 'connectivity-libvirtd',
      message: say(
        '“{0}” is not a URI under which the source host could reach the destination’s system libvirt, such as qemu+ssh://root@kvm02/system.',
        input.destinationUri,
      ),
    });
  }
  const policy = decidePolicy(view, input.migrationAddress);
  refusals.push(...policy.refusals);
  if (live === undefined || identity.uuid === undefined || identity.name === undefined) {
    return { ok: false, refusals };
  }
  refusals.push(...refuseOutdatedXml(input.domain, live));
  const disks = decideDisks(view, live, facts);
  refusals.push(...disks.refusals);
  if (refusals.length > 0) return { ok: false, refusals };

  const { uuid, name } = identity;
  const agent = guestAgentWanted(view, facts);
  const migrate = migrateCommand({
    ...policy.options,
    domainUuid: uuid,
    destinationUri: input.destinationUri,
    copyDisks: disks.disks.flatMap(({ action, target }) => (action === 'copy' ? [target] : [])),
  });
  const watch = watchCommands(uuid, agent);
  const plan: Omit<Plan, 'digest'> = {
    format: 'livemigrate-plan/1',
    domain: name,
    domainUuid: uuid,
    destinationDomain: name,
    source: { host: view.sourceName },
    destination: { host: view.destinationName, uri: input.destinationUri },
    memoryBytes: live.memory?.value,
    disks: disks.disks,
    steps: planSteps({
      uuid,
      name,
      destination: view.destinationName,
      source: view.sourceName,
      create: disks.create,
      copied: disks.disks.filter(({ action }) => action === 'copy').map(({ target }) => target),
      maxDowntimeMs: policy.maxDowntimeMs,
      formerDowntimeMs: facts['source.domain'].known
        ? facts['source.domain'].value.maxDowntimeMs
        : undefined,
      migrate,
      watch,
    }),
    watch,
    abortAfter: policy.abortAfter,
    maxDowntimeMs: policy.maxDowntimeMs,
    bandwidth:
      policy.options.bandwidthMiB === undefined
        ? undefined
        : policy.options.bandwidthMiB * 1024 * 1024,
    unsafeReason: policy.unsafeReason,
    assumptions: [...policy.assumptions, ...disks.assumptions, ...networkAssumptions(view)],
    skippedChecks: skippedChecks(check, policy.unsafeReason),
  };
  return { ok: true, plan: { ...plan, digest: planDigest(plan, input.hash) } };
}

/**
 * The rules may have looked at a file of domain XML. Where its disks are not those of the running
 * domain, their verdict says nothing about what would move.
 */
function refuseOutdatedXml(seen: Domain, live: Domain): readonly Refusal[] {
  const told = new Map(seen.disks.map((disk) => [disk.target.value, diskIdentity(disk)]));
  const runs = new Map(live.disks.map((disk) => [disk.target.value, diskIdentity(disk)]));
  const targets = [...new Set([...told.keys(), ...runs.keys()])];
  return targets
    .filter((target) => told.get(target) !== runs.get(target))
    .map((target) => ({
      path: ['domainXml'],
      code: 'domain-xml-outdated',
      message: say(
        'Disk {0} of the running domain is not as the domain XML that was checked says; check the live XML.',
        target,
      ),
    }));
}

function diskIdentity(disk: Domain['disks'][number]): string {
  const flags = [disk.readonly, disk.shareable, disk.transient].map((flag) => flag !== undefined);
  return JSON.stringify([
    disk.type.value,
    disk.device.value,
    disk.source?.value,
    disk.hasSource,
    disk.format?.value ?? 'raw',
    flags,
  ]);
}

/** Is the guest agent asked at the end? Only where it answered before: silence then means something. */
function guestAgentWanted(view: MigrationView, facts: MigrationFacts): boolean {
  const wish = view.model.preflight?.guestAgent?.value ?? 'if-present';
  const domain = facts['source.domain'];
  return wish !== 'ignore' && domain.known && domain.value.guestAgent === true;
}

function networkAssumptions(view: MigrationView): readonly Message[] {
  return (view.model.networks?.items ?? []).map((network) =>
    say(
      'The interface {0} finds the segment {1} on {2}; libvirt does not check this.',
      network.mac?.value ?? '',
      network.segment?.value ?? '',
      view.destinationName,
    ),
  );
}

/** What libvirt itself leaves out with `--unsafe` (`qemuMigrationSrcIsSafe`), by the rules' names. */
const hiddenByUnsafe = ['disk-local-fs', 'disk-cache-unsafe', 'disk-nvme-local'] as const;

function skippedChecks(
  check: CheckResult,
  unsafeReason: string | undefined,
): Plan['skippedChecks'] {
  return [
    ...check.off.map((id) => ({ id, why: say('switched off in the file') })),
    ...check.waiting.map(({ id, facts }) => ({
      id,
      why: facts[0]?.why ?? say('the facts are not known'),
    })),
    ...(unsafeReason === undefined
      ? []
      : hiddenByUnsafe.map((id) => ({
          id,
          why: say('libvirt’s own check is skipped by unsafe: {0}', unsafeReason),
        }))),
  ];
}
