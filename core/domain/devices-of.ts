import { children } from '../xml/tree.ts';
import type { XmlElement } from '../xml/tree.ts';

/** Devices of this name; libvirt reads those of every `<devices>` (`./devices/*`). */
export function devicesOf(root: XmlElement, name: string): readonly XmlElement[] {
  const parents = children(root, 'devices');
  const [only] = parents;
  return only !== undefined && parents.length === 1
    ? children(only, name)
    : parents.flatMap((each) => children(each, name));
}
