import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import type { Domain } from '../domain/domain.ts';
import type { MigrationFacts } from '../facts/keys.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { CheckResult } from '../rules/engine.ts';
import type { MigrationView } from '../rules/rule.ts';
import { isDomainUuid } from '../virsh/domain-commands.ts';
import type { Refusal } from './plan.ts';

/** A file with mistakes says something else than its author means. */
export function refuseFile(descriptor: MigrationDescriptor): readonly Refusal[] {
  return descriptor.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => ({ path: [], code, message }));
}

/**
 * Every error that a rule found refuses, by the rule's id and in its words; so does every rule whose
 * finding would be an error and that could not look. A rule that the file switches off or makes milder
 * does not.
 */
export function checkRules(check: CheckResult): readonly Refusal[] {
  const found = check.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => ({ path: [], code, message }));
  const blind = check.waiting
    .filter(({ severity }) => severity === 'error')
    .map(({ id, facts }) => ({
      path: [],
      code: id,
      message: facts[0]?.why ?? say('the facts are not known'),
    }));
  return [...found, ...blind];
}

export interface HostCheck {
  readonly name: string | undefined;
  readonly uuid: string | undefined;
  readonly refusals: readonly Refusal[];
}

/**
 * What must be true of the two hosts whatever the rules say: the domain runs on the source, nothing
 * else is at work on it, and the destination has no other domain of its name.
 */
export function checkHosts(input: {
  readonly view: MigrationView;
  readonly facts: MigrationFacts;
  readonly live: Domain | undefined;
}): HostCheck {
  const { view, facts, live } = input;
  const refusals: Refusal[] = [];
  const refuse = (key: string, code: string, message: Message): void => {
    refusals.push({ path: [key], code, message });
  };
  const domain = facts['source.domain'];
  if (!domain.known) {
    refuse('source', 'facts-unknown', domain.why);
    return { name: undefined, uuid: undefined, refusals };
  }
  const { name, uuid, state, job, snapshots } = domain.value;
  if (live === undefined) {
    refuse('domain', 'facts-unknown', say('The live XML of {0} cannot be read.', name));
  } else if (live.uuid?.value !== uuid || live.name?.value !== name || !isDomainUuid(uuid)) {
    refuse(
      'domain',
      'facts-unknown',
      say('The live XML and the state of {0} do not belong to one domain.', view.domainName),
    );
  }
  if (state !== 'running') {
    refuse(
      'domain',
      'active-domain-required',
      say('{0} is “{1}”; only a running domain can be migrated live.', name, state),
    );
  }
  if (job !== undefined) {
    refuse(
      'domain',
      'second-migration-same-domain',
      say('{0} has an active job ({1}); wait for its end or cancel it.', name, job),
    );
  }
  if (snapshots > 0) {
    refuse(
      'domain',
      'has-snapshots',
      say('{0} has {1} snapshots; libvirt cannot migrate it.', name, snapshots),
    );
  }
  if (view.model.preflight?.guestAgent?.value === 'required' && domain.value.guestAgent !== true) {
    refusals.push({
      path: ['preflight', 'guestAgent'],
      code: 'guest-agent-required',
      message: say('The guest agent of {0} must answer, and it does not.', name),
    });
  }
  const there = view.model.policy?.destinationName?.value ?? name;
  checkDestination(facts, { name: there, uuid }, refuse);
  return { name, uuid, refusals };
}

function checkDestination(
  facts: MigrationFacts,
  { name, uuid }: { readonly name: string; readonly uuid: string },
  refuse: (key: string, code: string, message: Message) => void,
): void {
  const [here, there] = [facts['source.identity'], facts['destination.identity']];
  if (here.known && there.known && here.value.uuid === there.value.uuid) {
    refuse(
      'destination',
      'same-host',
      say('Source and destination are one host (UUID {0}).', here.value.uuid),
    );
  }
  const domains = facts['destination.domains'];
  if (!domains.known) {
    refuse('destination', 'facts-unknown', domains.why);
    return;
  }
  for (const other of domains.value) {
    if (other.uuid === uuid && other.name === name && other.state === 'shut off') continue;
    if (other.uuid !== uuid && other.name !== name) continue;
    refuse(
      'destination',
      'uuid-name-conflict',
      say(
        'The destination has domain {0} with UUID {1} ({2}); it is in the way of {3}.',
        other.name,
        other.uuid,
        other.state,
        name,
      ),
    );
  }
}
