import type { Domain } from '../../domain/domain.ts';
import { attribute, child, children } from '../../xml/tree.ts';
import { has } from './devices.ts';

/** Is `<clock><timer name='tsc' frequency=…>` there? libvirt takes 0 for no frequency. */
export function hasTscFrequency({ root }: Domain): boolean {
  return children(child(root, 'clock'), 'timer').some(
    (timer) => has(timer, 'name', 'tsc') && Number(attribute(timer, 'frequency')?.value ?? '0') > 0,
  );
}
