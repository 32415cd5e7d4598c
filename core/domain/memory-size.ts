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
  if (unit === '') return 1024;
  if (/^b(?:ytes?)?$/i.test(unit)) return 1;
  const match = /^([kmgtpe])(ib|b)?$/i.exec(unit);
  if (match === null) return undefined;
  const [, prefix = '', rest = ''] = match;
  const base = rest.toLowerCase() === 'b' ? 1000 : 1024;
  return base ** ('kmgtpe'.indexOf(prefix.toLowerCase()) + 1);
}
