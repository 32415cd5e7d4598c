import type { Field } from '../descriptor/field-types.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Dimension } from '../units/quantity.ts';
import { formatAmount } from './conversions.ts';

/** Everything the table says about a field, one sentence a line, for hovers and completions. */
export function fieldCard(field: Field): readonly Message[] {
  const lines: Message[] = [field.doc];
  const range = rangeOf(field);
  if (range !== undefined) lines.push(range);
  if (field.kind === 'quantity') lines.push(unitsOf(field.dimension));
  if (field.kind === 'enum') lines.push(say('One of {0}.', Object.keys(field.values).join(' | ')));
  if (field.kind === 'object' && field.switchable) {
    lines.push(say('“true” stands for all defaults.'));
  }
  if (field.default !== undefined) lines.push(say('Default: {0}', field.default));
  if (field.example !== undefined) lines.push(say('Example: {0}', field.example));
  if (field.option !== undefined) lines.push(say('virsh: {0}', field.option));
  if (field.qmp !== undefined) lines.push(say('QMP: {0}', field.qmp));
  if (field.since !== undefined) lines.push(say('Since {0}', field.since));
  return lines;
}

function unitsOf(dimension: Dimension): Message {
  switch (dimension) {
    case 'size':
      return say('Written with its unit: {0}.', 'B, KiB, MiB, GiB, TiB');
    case 'rate':
      return say('Written with its unit: {0}.', 'MiB/s, GiB/s, Mbit/s, Gbit/s');
    case 'duration':
      return say('Written with its unit: {0}.', 'ms, s, m, h');
  }
}

function rangeOf(field: Field): Message | undefined {
  if (field.kind === 'integer') return say('A whole number from {0} to {1}.', field.min, field.max);
  if (field.kind !== 'quantity') return undefined;
  const { dimension, min, max } = field;
  if (min !== undefined && max !== undefined) {
    return say('From {0} to {1}.', formatAmount(dimension, min), formatAmount(dimension, max));
  }
  if (min !== undefined) return say('At least {0}.', formatAmount(dimension, min));
  return max === undefined ? undefined : say('At most {0}.', formatAmount(dimension, max));
}
