import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import { alwaysOverwritten, keyOf, qmpParameters } from '../rules/policy/qmp-parameters.ts';
import { formatDuration, formatRate, formatSize } from '../units/quantity.ts';
import { parameterTexts } from './parameter-texts.ts';
import type { ParameterUnit } from './parameter-texts.ts';

export type ParameterValue = string | number | boolean;

/** One migration parameter of a running QEMU, ready to be read. */
export interface ParameterRow {
  readonly name: string;
  /** With its unit. */
  readonly value: string;
  readonly raw: ParameterValue;
  /** QEMU's own default with its unit; absent where versions differ or it is not known. */
  readonly default: string | undefined;
  /** Absent for a parameter that this version does not know. */
  readonly meaning: Message | undefined;
  /** What a launch makes of the value. */
  readonly atLaunch: Message;
}

/** Explains what `query-migrate-parameters` answered, in QEMU's order. */
export function describeParameters(
  values: Readonly<Record<string, ParameterValue>>,
): readonly ParameterRow[] {
  return Object.entries(values).map(([name, raw]) => {
    const known = parameterTexts.get(name);
    return {
      name,
      raw,
      value: withUnit(raw, known?.unit),
      default: known?.default === undefined ? undefined : withUnit(known.default, known.unit),
      meaning: known?.meaning,
      atLaunch: parameterFate(name),
    };
  });
}

/** libvirt 8.5's `qemuMigrationParamsCheck/Apply`: what of a value is left when virsh migrate starts. */
function parameterFate(name: string): Message {
  const always = alwaysOverwritten[name];
  if (always !== undefined) return say('overwritten at every launch; use {0}', always);
  const known = qmpParameters.get(name);
  if (known?.side === 'destination')
    return say('read by the destination only, whose QEMU starts anew: no effect there');
  const feature = known?.feature === undefined ? undefined : keyOf(known.feature);
  const key = known?.key?.join('.');
  if (key !== undefined)
    return feature === undefined
      ? say('kept, unless the file sets {0}', key)
      : say('kept, unless the file sets {0}; counts only with {1}', key, feature);
  if (known?.feature === 'x-colo') return say('kept, but libvirt never uses it');
  if (feature !== undefined) return say('kept; counts only with {0}', feature);
  return known === undefined ? say('not known') : say('kept');
}

function withUnit(raw: ParameterValue, unit: ParameterUnit | undefined): string {
  if (typeof raw !== 'number') return raw === '' ? '""' : String(raw);
  switch (unit) {
    case 'bytes/s':
      return raw === 0 ? '0' : formatRate(raw);
    case 'bytes':
      return formatSize(raw);
    case 'ms':
      return formatDuration(raw);
    case 'percent':
      return `${raw.toString()}%`;
    case 'MiB/s':
      return `${raw.toString()}MiB/s`;
    case undefined:
      return raw.toString();
  }
}
