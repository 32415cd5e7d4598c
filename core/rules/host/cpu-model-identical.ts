import type { HostCpu } from '../../facts/snapshot.ts';
import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

/** What tells two processors apart, the first difference as (source, destination). */
function difference(a: HostCpu, b: HostCpu): readonly [string, string] | undefined {
  for (const key of ['arch', 'vendor', 'model', 'modelName'] as const) {
    const [here, there] = [a[key], b[key]];
    if (here !== undefined && there !== undefined && here !== there) return [here, there];
  }
  const [onlyHere, onlyThere] = [without(a.features, b.features), without(b.features, a.features)];
  return onlyHere.length + onlyThere.length === 0
    ? undefined
    : [signed(onlyHere), signed(onlyThere)];
}

function without(some: readonly string[], others: readonly string[]): readonly string[] {
  return some.filter((name) => !others.includes(name));
}

function signed(features: readonly string[]): string {
  return features.length === 0 ? '-' : features.map((name) => `+${name}`).join(' ');
}

function isKnown({ model, modelName, vendor }: HostCpu): boolean {
  return model !== undefined || modelName !== undefined || vendor !== undefined;
}

export default defineRule({
  id: 'cpu-model-identical',
  severity: 'error',
  summary: say('The processors of both hosts suit the guest’s CPU mode.'),
  needs: ['domain', 'source.cpu', 'destination.cpu'],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    // Under software emulation the host's processor plays no part.
    if (domain.type?.value === 'qemu') return;
    const [here, there] = [facts['source.cpu'], facts['destination.cpu']];
    if (!isKnown(here) || !isKnown(there)) {
      wait(
        isKnown(here) ? 'destination.cpu' : 'source.cpu',
        say(
          'the processor of {0} is not known',
          isKnown(here) ? migration.destinationName : migration.sourceName,
        ),
      );
      return;
    }
    const differs = difference(here, there);
    if (differs === undefined) return;
    const mode = domain.cpu?.mode?.value;
    const place = domain.cpu?.mode?.span ?? domain.cpu?.span;
    const related =
      place === undefined
        ? []
        : [{ uri: domain.uri, span: place, message: say('the guest’s CPU mode') }];
    const at = migration.at(['destination']);
    const args = [migration.sourceName, differs[0], migration.destinationName, differs[1]] as const;
    const arm = here.arch === 'aarch64';
    if (mode === 'host-passthrough' || mode === 'maximum') {
      report({
        at,
        message: say(
          'The CPU mode is {4}, but the processors differ: {0} has {1}, {2} has {3}. libvirt does not check this, and the guest may crash or hang after the switch. Choose a destination with the same processor, or a CPU model that both hosts have.',
          ...args,
          mode,
        ),
        related,
      });
    } else if (arm) {
      report({
        at,
        message: say(
          'The processors differ: {0} has {1}, {2} has {3}. On aarch64 QEMU may fail to load the guest’s CPU registers. Choose a destination with the same processor.',
          ...args,
        ),
        related,
      });
    } else {
      report({
        severity: 'warning',
        at,
        message: say(
          'The processors differ: {0} has {1}, {2} has {3}. openEuler supports migration between equal CPU models only; libvirt allows it when the destination has every CPU feature of the guest.',
          ...args,
        ),
        related,
      });
    }
  },
});
