import { say } from '../../core/messages.ts';
import { parseQuantity } from '../../core/units/quantity.ts';
import { UsageError } from '../usage-error.ts';

/** The value of a `--format` option; the first allowed one when it is absent. */
export function formatOption<const F extends string>(
  value: unknown,
  allowed: readonly [F, ...F[]],
): F {
  if (value === undefined) return allowed[0];
  const found = allowed.find((format) => format === value);
  if (found === undefined) {
    throw new UsageError(say('--format is one of {0}.', allowed.join(', ')));
  }
  return found;
}

export function textOption(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The values of an option that may be given several times. */
export function textOptions(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** A whole number from 0; undefined when the option is absent. */
export function countOption(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value === '' || !Number.isInteger(number) || number < 0)
    throw new UsageError(say('{0} takes a whole number from 0.', name));
  return number;
}

/** Milliseconds of an option such as `--calc-time 1s`. */
export function durationOption(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  const result = parseQuantity(textOption(value) ?? '', 'duration');
  if (!result.ok) throw new UsageError(say('{0} takes a time with a unit, for example 1s.', name));
  return result.quantity.amount;
}

export function integerOption(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new UsageError(say('{0} takes a whole number from 1.', name));
  return number;
}

/** The one word that a command needs behind its name. */
export function onlyPositional(positionals: readonly string[], usage: string): string {
  const [first, ...more] = positionals;
  if (first === undefined || more.length > 0)
    throw new UsageError(say('This command takes exactly: {0}', usage));
  return first;
}
