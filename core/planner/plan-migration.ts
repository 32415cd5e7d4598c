import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import type { Domain } from '../domain/domain.ts';
import { readDomain } from '../domain/read.ts';
import type { MigrationFacts } from '../facts/keys.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { CheckResult } from '../rules/engine.ts';
import { viewMigration } from '../rules/view.ts';
import type { MigrationView } from '../rules/rule.ts';
import type { Command } from '../virsh/command.ts';
import { migrateCommand, migrateOptionsOf } from '../virsh/migrate.ts';
import { parseXml } from '../xml/parse.ts';
import { checkHosts, checkRules, refuseFile } from './check-before.ts';
import { decideDestinationXml, pinOf } from './decide-destination-xml.ts';
import { decideDisks } from './decide-disks.ts';
import { decidePolicy } from './decide-policy.ts';
import { isUsableDestinationUri } from './destination-uri.ts';
import { planDigest } from './digest.ts';
import type { Hash } from './digest.ts';
import type { Plan, PlannedDisk, PlanResult, Refusal } from './plan.ts';
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
  if (policy.options.connection === 'tunnelled' && disks.disks.some(isCopied)) {
    refusals.push({
      path: ['policy', 'connection'],
      code: 'copy-tunnelled',
      message: say('A tunnelled migration excludes {0}.', 'storage'),
    });
  }
  if (refusals.length > 0) return { ok: false, refusals };

  const { uuid, name } = identity;
  const pin = pinOf(view, input.domainXmlText);
  const destination = decideDestinationXml({
    uuid,
    moved: disks.moved,
    pin,
    facts,
    persistent: policy.options.persistent,
  });
  const newName = view.model.policy?.destinationName?.value;
  const renamed = newName === name ? undefined : newName;
  const agent = guestAgentWanted(view, facts);
  const migrate = migrateCommand({
    ...policy.options,
    domainUuid: uuid,
    destinationUri: input.destinationUri,
    destinationName: renamed,
    copyStorage: view.storageMode === 'copy-incremental' ? 'incremental' : 'all',
    copyDisks: disks.disks.filter(isCopied).map(({ target }) => target),
    ownXml:
      destination === undefined ? undefined : { persistent: destination.definition !== undefined },
  });
  const missing = refuseUnknownOptions(migrate, facts, view.sourceName);
  if (missing.length > 0) return { ok: false, refusals: missing };
  const { postCopy } = policy.options;
  const watch = watchCommands(
    uuid,
    agent,
    postCopy === undefined ? undefined : { migrate, resumable: canResume(facts) },
  );
  const plan: Omit<Plan, 'digest'> = {
    format: 'livemigrate-plan/1',
    domain: name,
    domainUuid: uuid,
    destinationDomain: renamed ?? name,
    source: { host: view.sourceName },
    destination: { host: view.destinationName, uri: input.destinationUri },
    memoryBytes: live.memory?.value,
    disks: disks.disks,
    steps: planSteps({
      uuid,
      name,
      destination: view.destinationName,
      source: view.sourceName,
      prove: disks.prove,
      mustBeEmpty: disks.mustBeEmpty,
      create: disks.create,
      copied: disks.disks.filter(isCopied).map(({ target }) => target),
      parameters: policy.parameters,
      maxDowntimeMs: policy.maxDowntimeMs,
      formerDowntimeMs: facts['source.domain'].known
        ? facts['source.domain'].value.maxDowntimeMs
        : undefined,
      migrate,
      destinationXml: destination,
      pin,
      watch,
    }),
    watch,
    postCopy,
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

function isCopied({ action }: PlannedDisk): boolean {
  return action === 'copy';
}

/** What virsh on the source does not list is refused by name: it would only print its help. */
function refuseUnknownOptions(
  migrate: Command,
  facts: MigrationFacts,
  host: string,
): readonly Refusal[] {
  const versions = facts['source.versions'];
  if (!versions.known || versions.value.migrateOptions.length === 0) return [];
  const { libvirt, migrateOptions } = versions.value;
  return migrateOptionsOf(migrate)
    .filter((option) => !migrateOptions.includes(option))
    .map((option) => ({
      path: ['policy'],
      code: 'virsh-option-missing',
      message: say('virsh on {0} (libvirt {1}) has no option --{2}.', host, libvirt, option),
    }));
}

/**
 * Can a post-copy that was interrupted be taken up again? The source's virsh needs the option
 * (libvirt 8.5). A destination with libvirt 11.2 or 11.3 cannot: its daemon crashes at the attempt
 * (seen with 11.3.0; its code for incoming migrations is that of 11.2).
 */
function canResume(facts: MigrationFacts): boolean {
  const [here, there] = [facts['source.versions'], facts['destination.versions']];
  if (!here.known || !there.known) return false;
  return (
    here.value.migrateOptions.includes('postcopy-resume') &&
    !/^11\.[23]\./.test(there.value.libvirt)
  );
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
    ...check.lowered
      .filter(({ level }) => level !== 'off')
      .map(({ id, own, level }) => ({
        id,
        why: say('“{0}” in the file instead of “{1}”', level, own),
      })),
    ...check.suppressed.map(({ problem, reason }) => ({
      id: problem.code,
      why: say('a finding is ignored in the file: {0}', reason),
    })),
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
