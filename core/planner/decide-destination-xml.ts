import { emulatorPinOf } from '../domain/restore-emulator-pin.ts';
import type { MigrationFacts } from '../facts/keys.ts';
import type { MigrationView } from '../rules/rule.ts';
import { migratableXmlCommand } from '../virsh/domain-commands.ts';
import type { DiskDecisions } from './decide-disks.ts';
import type { EmulatorPin } from './plan-steps.ts';
import type { DestinationXml } from './plan.ts';

/**
 * CPUs for the migration threads. QEMU starts them from its main thread, whose mask they inherit, so
 * the emulator is pinned for the time of the run.
 */
export function pinOf(view: MigrationView, xml: string): EmulatorPin | undefined {
  const cpus = view.model.policy?.parallel?.cpuAffinity?.value;
  return cpus === undefined ? undefined : { cpus, former: emulatorPinOf(xml) };
}

/**
 * The destination's own XML, when it is not the source's: images that lie elsewhere, or a pin that is
 * for the source alone. A transient domain has no definition of its own: what stays on the destination
 * is the live one.
 */
export function decideDestinationXml(input: {
  readonly uuid: string;
  readonly moved: DiskDecisions['moved'];
  readonly pin: EmulatorPin | undefined;
  readonly facts: MigrationFacts;
  readonly persistent: boolean;
}): DestinationXml | undefined {
  const { uuid, moved, pin, facts, persistent } = input;
  if (moved.length === 0 && pin === undefined) return undefined;
  const domain = facts['source.domain'];
  const transient = domain.known && !domain.value.persistent;
  return {
    live: migratableXmlCommand(uuid, 'live'),
    ...(persistent
      ? { definition: migratableXmlCommand(uuid, transient ? 'live' : 'definition') }
      : {}),
    moved,
    ...(pin === undefined ? {} : { emulatorPin: { former: pin.former } }),
  };
}
