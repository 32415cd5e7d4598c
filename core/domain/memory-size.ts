import { say } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Located } from '../text/span.ts';
import { wholeNumber } from './located.ts';

/**
 * An amount of memory in bytes, from libvirt's number and unit. KiB without a unit; libvirt keeps
 * whole KiB and rounds up (`virDomainParseMemory`).
 */
export function memorySize(
  from: {
    readonly amount: Located<string>;
    readonly unit: Located<string> | undefined;
    /** Element or attribute that holds the number, for the message. */
    readonly name: string;
  },
  problems: SyntaxProblem[],
): Located<number> | undefined {
  const amount = wholeNumber(from.amount, from.name, problems);
  const factor = unitFactor(from.unit?.value ?? '');
  if (from.unit !== undefined && factor === undefined) {
    problems.push({
      code: 'memory-unit-unknown',
      span: from.unit.span,
      severity: 'error',
      message: say(
        '“{0}” is no unit of memory that libvirt knows; write for example KiB, MiB or GiB.',
        from.unit.value,
      ),
      fixes: [],
    });
  }
  if (amount === undefined || factor === undefined) return undefined;
  const bytes = amount.value * factor;
  return { value: Math.ceil(bytes / 1024) * 1024, span: amount.span };
}

/** As libvirt's `virScaleInteger`: letters' case is ignored, K and KiB are 1024, KB is 1000. */
function unitFactor(unit: string): number | undefined {
  return unit === '' ? 1024 : factors.get(unit.toLowerCase());
}

const factors: ReadonlyMap<string, number> = new Map([
  ...['b', 'byte', 'bytes'].map((unit) => [unit, 1] as const),
  ...['k', 'm', 'g', 't', 'p', 'e'].flatMap((prefix, index) => [
    [prefix, 1024 ** (index + 1)] as const,
    [`${prefix}ib`, 1024 ** (index + 1)] as const,
    [`${prefix}b`, 1000 ** (index + 1)] as const,
  ]),
]);
