import { say } from '../messages.ts';
import type { Command } from '../virsh/command.ts';
import {
  abortJobCommand,
  completedJobInfoCommand,
  daemonLogCommand,
  domainStateCommand,
  guestPingCommand,
  jobInfoCommand,
  pinEmulatorCommand,
  setMaxDowntimeCommand,
} from '../virsh/domain-commands.ts';
import {
  compareHashCommand,
  createImageCommand,
  hashFileCommand,
  removeImageCommand,
  requireEmptyTopCommand,
} from '../virsh/image-commands.ts';
import { resumePostCopyCommand, switchToPostCopyCommand } from '../virsh/migrate.ts';
import { restoreParametersCommand, setParametersCommand } from '../virsh/migration-parameters.ts';
import type { ParameterValues } from '../virsh/migration-parameters.ts';
import type { BaseToProve, ImageToCreate } from './decide-disks.ts';
import type { DestinationXml, Step, WatchCommands } from './plan.ts';

export function watchCommands(
  uuid: string,
  guestAgent: boolean,
  postCopy?: { readonly migrate: Command; readonly resumable: boolean },
): WatchCommands {
  return {
    jobInfo: jobInfoCommand(uuid),
    // With --undefinesource the source knows nothing of the domain at the end.
    completedJobInfo: { on: 'destination', command: completedJobInfoCommand(uuid) },
    cancel: abortJobCommand(uuid),
    ...(postCopy === undefined ? {} : { switchToPostCopy: switchToPostCopyCommand(uuid) }),
    ...(postCopy?.resumable === true
      ? { resumePostCopy: resumePostCopyCommand(postCopy.migrate) }
      : {}),
    sourceState: domainStateCommand(uuid),
    destinationState: domainStateCommand(uuid),
    ...(guestAgent ? { guestAgent: guestPingCommand(uuid) } : {}),
    destinationLog: daemonLogCommand(),
  };
}

/** The pin of the emulator for the time of a run. */
export interface EmulatorPin {
  readonly cpus: string;
  /** The pin before; undefined for none. */
  readonly former: string | undefined;
}

export interface StepInput {
  readonly uuid: string;
  readonly name: string;
  readonly source: string;
  readonly destination: string;
  readonly prove: readonly BaseToProve[];
  readonly mustBeEmpty: readonly BaseToProve[];
  readonly create: readonly ImageToCreate[];
  /** Targets of the disks that are copied. */
  readonly copied: readonly string[];
  readonly parameters: ParameterValues;
  readonly maxDowntimeMs: number | undefined;
  /** The value before, to be restored after a failure; absent when it is not known. */
  readonly formerDowntimeMs: number | undefined;
  readonly migrate: Command;
  readonly destinationXml: DestinationXml | undefined;
  readonly pin: EmulatorPin | undefined;
  readonly watch: WatchCommands;
}

/** The steps in their order: prove bases, create images, set what survives, launch, prove. */
export function planSteps(input: StepInput): readonly Step[] {
  const { name, source, destination } = input;
  return [
    ...input.prove.flatMap((base, at) => baseSteps(base, at + 1, input)),
    ...input.mustBeEmpty.map((image) => emptyStep(image, destination)),
    ...input.create.map((image) => createStep(image, destination)),
    ...downtimeStep(input),
    ...parametersStep(input),
    ...pinStep(input),
    {
      id: 'launch',
      kind: 'launch',
      on: 'source',
      command: input.migrate,
      why: say('Moves {0} from {1} to {2} while it runs.', name, source, destination),
      effect:
        input.copied.length === 0
          ? say('Memory is copied to {0}; the guest then runs there.', destination)
          : say(
              'Disks {1} and memory are copied to {0}; the guest then runs there.',
              destination,
              input.copied.join(', '),
            ),
      cancel: input.watch.cancel,
      ...(input.destinationXml === undefined ? {} : { destinationXml: input.destinationXml }),
    },
    {
      id: 'prove-destination',
      kind: 'prove',
      on: 'destination',
      command: input.watch.destinationState,
      why: say('Proves that {0} runs on {1}.', name, destination),
      effect: say('Nothing changes.'),
    },
    {
      id: 'prove-source',
      kind: 'prove',
      on: 'source',
      command: input.watch.sourceState,
      why: say('Proves that {0} no longer runs on {1}.', name, source),
      effect: say('Nothing changes.'),
    },
    {
      id: 'prove-statistics',
      kind: 'prove',
      on: input.watch.completedJobInfo.on,
      command: input.watch.completedJobInfo.command,
      why: say('Reads the measured time and pause.'),
      effect: say('Nothing changes.'),
    },
    ...(input.watch.guestAgent === undefined
      ? []
      : [
          {
            id: 'prove-guest-agent',
            kind: 'prove' as const,
            on: 'destination' as const,
            command: input.watch.guestAgent,
            why: say('Asks the guest agent of {0}, which answered before.', name),
            effect: say('Nothing changes.'),
          },
        ]),
  ];
}

/** Long enough to read terabytes. */
const hashPatience = 6 * 3_600_000;

/** Reads a backing file on both hosts: only its top layer travels, so it must be the same. */
function baseSteps(
  { target, path }: BaseToProve,
  number: number,
  { source, destination }: StepInput,
): readonly Step[] {
  const id = `hash-base-${target}-${String(number)}`;
  return [
    {
      id,
      kind: 'run',
      on: 'source',
      command: hashFileCommand(path),
      why: say('Reads {0}, on which disk {1} lies, on {2}.', path, target, source),
      effect: say('Nothing changes.'),
      patience: hashPatience,
    },
    {
      id: `compare-base-${target}-${String(number)}`,
      kind: 'run',
      on: 'destination',
      command: compareHashCommand(path),
      why: say('Reads {0} on {1} and compares: its content must be equal.', path, destination),
      effect: say('Nothing changes.'),
      inputFrom: id,
      patience: hashPatience,
    },
  ];
}

function emptyStep({ target, path }: BaseToProve, destination: string): Step {
  return {
    id: `require-empty-${target}`,
    kind: 'run',
    on: 'destination',
    command: requireEmptyTopCommand(path),
    why: say('The top layer of {0} on {1} must hold nothing of its own.', path, destination),
    effect: say('Nothing changes.'),
  };
}

function createStep(image: ImageToCreate, destination: string): Step {
  const { target, path, format, size, backing } = image;
  return {
    id: `create-image-${target}`,
    kind: 'create-image',
    on: 'destination',
    command: createImageCommand(image),
    why: say('Disk {0} is copied into {1}, and {2} has no such image.', target, path, destination),
    effect:
      backing === undefined
        ? say(
            'Creates {0} ({1}, {2} bytes) on {3}; it fails when anything has that name.',
            path,
            format,
            size,
            destination,
          )
        : say(
            'Creates {0} ({1}, {2} bytes) over {4} on {3}; it fails when anything has that name.',
            path,
            format,
            size,
            destination,
            backing.path,
          ),
    undo: removeImageCommand(path),
  };
}

function downtimeStep(input: StepInput): readonly Step[] {
  const { maxDowntimeMs, formerDowntimeMs, uuid, name } = input;
  if (maxDowntimeMs === undefined) return [];
  const restorable =
    formerDowntimeMs !== undefined && formerDowntimeMs >= 1 && formerDowntimeMs !== maxDowntimeMs;
  return [
    {
      id: 'max-downtime',
      kind: 'run',
      on: 'source',
      command: setMaxDowntimeCommand(uuid, maxDowntimeMs),
      why: say('QEMU may pause {0} for at most {1} ms at the end.', name, maxDowntimeMs),
      effect: say('Sets the downtime limit of the running QEMU; virsh migrate keeps it.'),
      ...(restorable ? { undo: setMaxDowntimeCommand(uuid, formerDowntimeMs) } : {}),
    },
  ];
}

function parametersStep({ uuid, name, parameters }: StepInput): readonly Step[] {
  const list = Object.entries(parameters).map(([key, value]) => `${key}=${String(value)}`);
  if (list.length === 0) return [];
  return [
    {
      id: 'parameters',
      kind: 'run',
      on: 'source',
      command: setParametersCommand(uuid, parameters),
      why: say('QEMU gets the raw parameters of the file for {0}: {1}.', name, list.join(', ')),
      effect: say(
        'Sets parameters of the running QEMU, which libvirt leaves alone; it marks the domain as tainted (custom-monitor).',
      ),
      remembers: true,
      undo: restoreParametersCommand(uuid),
    },
  ];
}

function pinStep({ uuid, name, pin }: StepInput): readonly Step[] {
  if (pin === undefined) return [];
  return [
    {
      id: 'pin-migration-threads',
      kind: 'run',
      on: 'source',
      command: pinEmulatorCommand(uuid, pin.cpus),
      why: say('The migration threads of {0} run on the CPUs {1}.', name, pin.cpus),
      effect: say(
        'Pins the threads of the running QEMU that are no vCPUs; the destination does not get the pin.',
      ),
      undo: pinEmulatorCommand(uuid, pin.former ?? 'r'),
    },
  ];
}
