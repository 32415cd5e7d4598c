import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Located } from '../text/span.ts';
import { formatDuration, formatRate, formatSize, parseQuantity } from '../units/quantity.ts';
import type { Dimension, Quantity } from '../units/quantity.ts';
import type { YamlScalar } from '../yaml/tree.ts';
import type { QuantityField } from './field-types.ts';

/** Binds a value with a unit; a missing, unknown or ambiguous unit is an error with its fixes. */
export function bindQuantity(
  field: QuantityField,
  node: YamlScalar,
  report: (problem: SyntaxProblem) => void,
): Located<Quantity> | undefined {
  const written = node.source.trim();
  const result = parseQuantity(written, field.dimension);
  const span = node.span;
  const fail = (
    code: string,
    message: Message,
    replacements: readonly string[] = [],
  ): undefined => {
    const fixes = replacements.map((newText) => ({
      title: say('Write {0}', newText),
      edits: [{ span, newText }],
    }));
    report({ code, span, severity: 'error', message, fixes });
    return undefined;
  };
  if (!result.ok) {
    const example = field.example ?? defaultExamples[field.dimension];
    switch (result.reason) {
      case 'no-unit':
        return fail(
          'unit-missing',
          missingUnit(field.dimension, written),
          withUnits(field.dimension, written),
        );
      case 'ambiguous-unit':
        return fail(
          'unit-ambiguous',
          say(
            '“{0}” is written for bits and for bytes alike; libvirt counts MiB/s. Say which is meant.',
            written,
          ),
          ambiguousMeanings(written),
        );
      case 'unknown-unit':
        return fail(
          'unit-unknown',
          say('“{0}” has no unit that is known here; write for example {1}.', written, example),
        );
      case 'not-whole':
        return fail('wrong-value', say('“{0}” is not a whole number of bytes.', written));
      case 'not-a-quantity':
        return fail(
          'wrong-value',
          say('“{0}” is not a number with a unit; write for example {1}.', written, example),
        );
    }
  }
  const { amount } = result.quantity;
  if (field.rangeRule !== undefined) return { value: result.quantity, span };
  if (field.min !== undefined && amount < field.min) {
    return fail(
      'wrong-value',
      say(
        '{0} is less than the smallest value here, {1}.',
        written,
        format(field.dimension, field.min),
      ),
    );
  }
  if (field.max !== undefined && amount > field.max) {
    return fail(
      'wrong-value',
      say(
        '{0} is more than the largest value here, {1}.',
        written,
        format(field.dimension, field.max),
      ),
    );
  }
  return { value: result.quantity, span };
}

const defaultExamples: Readonly<Record<Dimension, string>> = {
  size: '20GiB',
  rate: '500MiB/s',
  duration: '500ms',
};

function missingUnit(dimension: Dimension, written: string): Message {
  switch (dimension) {
    case 'size':
      return say('{0} what? Write a unit, for example {0}GiB.', written);
    case 'rate':
      return say(
        '{0} what? virsh takes MiB/s: {0} would mean {0}MiB/s, not Mbit/s. Write the unit.',
        written,
      );
    case 'duration':
      return say('{0} what? Write a unit, for example {0}ms or {0}s.', written);
  }
}

function withUnits(dimension: Dimension, written: string): readonly string[] {
  const units = {
    size: ['GiB', 'MiB', 'B'],
    rate: ['MiB/s', 'Mbit/s'],
    duration: ['ms', 's', 'm'],
  }[dimension];
  return units.map((unit) => `${written}${unit}`);
}

/** `500Mbps` as bits and as bytes. */
function ambiguousMeanings(written: string): readonly string[] {
  const match = /^(\d+(?:\.\d+)?)\s*([kKMGT])(i?)/.exec(written);
  if (match === null) return [];
  const [, number = '', prefix = '', binary = ''] = match;
  return [`${number}${prefix}${binary === '' ? '' : 'i'}bit/s`, `${number}${prefix}iB/s`];
}

function format(dimension: Dimension, amount: number): string {
  switch (dimension) {
    case 'size':
      return formatSize(amount);
    case 'rate':
      return formatRate(amount);
    case 'duration':
      return formatDuration(amount);
  }
}
