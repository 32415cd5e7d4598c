import { say } from '../messages.ts';
import { parseXml } from '../xml/parse.ts';
import { attribute, child, children } from '../xml/tree.ts';
import type { Replaced } from './replace-disk-sources.ts';

/** CPUs that the domain's emulator is pinned to by its XML; undefined when it is not pinned. */
export function emulatorPinOf(xml: string): string | undefined {
  const pin = child(child(parseXml(xml).root, 'cputune'), 'emulatorpin');
  return pin === undefined ? undefined : attribute(pin, 'cpuset')?.value;
}

/**
 * Domain XML with the emulator's pin as it was before a run changed it: `former`, or none. Every
 * other byte stays. A pin for one host's CPUs has no business on another.
 */
export function restoreEmulatorPin(xml: string, former: string | undefined): Replaced {
  const { root, problems } = parseXml(xml);
  if (root?.name !== 'domain' || problems.length > 0)
    return { ok: false, why: say('The domain XML cannot be read.') };
  const pins = children(child(root, 'cputune'), 'emulatorpin');
  const [pin] = pins;
  if (pin === undefined) return { ok: true, xml };
  const cpus = attribute(pin, 'cpuset');
  if (pins.length > 1 || cpus === undefined || (former !== undefined && !/^[\d,^-]+$/.test(former)))
    return { ok: false, why: say('The pin of the emulator in the domain XML cannot be read.') };
  if (former !== undefined) {
    const { start, end } = cpus.valueSpan;
    return { ok: true, xml: `${xml.slice(0, start)}${former}${xml.slice(end)}` };
  }
  // With the line that it stands on, when it stands there alone.
  const before = xml.slice(0, pin.span.start).replace(/\n[ \t]*$/, '');
  return { ok: true, xml: `${before}${xml.slice(pin.span.end)}` };
}
