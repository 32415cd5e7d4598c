import type { SyntaxProblem } from '../problems.ts';
import { child, children } from '../xml/tree.ts';
import type { XmlElement } from '../xml/tree.ts';
import type { Firmware, LaunchSecurity, MemoryBacking, NumaTune } from './domain.ts';
import { located, locatedText } from './located.ts';
import { memorySize } from './memory-size.ts';

/** What ties a domain to its host's memory and files: firmware, huge pages, NUMA, confidentiality. */

export function readFirmware(os: XmlElement | undefined): Firmware | undefined {
  const automatic = located(os, 'firmware');
  const loader = locatedText(child(os, 'loader'));
  const nvramElement = child(os, 'nvram');
  // Since libvirt 8.5 a variable store is a <source> like a disk's; before it is the element's text.
  const source = child(nvramElement, 'source');
  const nvram = locatedText(nvramElement) ?? located(source, 'file') ?? located(source, 'dev');
  if (automatic === undefined && loader === undefined && nvram === undefined) return undefined;
  return { automatic, loader, nvram };
}

export function readMemoryBacking(
  element: XmlElement | undefined,
  problems: SyntaxProblem[],
): MemoryBacking | undefined {
  if (element === undefined) return undefined;
  const hugepages = child(element, 'hugepages');
  return {
    span: element.startTagSpan,
    hugepages: hugepages?.startTagSpan,
    pages: children(hugepages, 'page').flatMap((page) => {
      const amount = located(page, 'size');
      if (amount === undefined) return [];
      const size = memorySize({ amount, unit: located(page, 'unit'), name: 'page' }, problems);
      return size === undefined ? [] : [{ size, nodeset: located(page, 'nodeset') }];
    }),
    source: located(child(element, 'source'), 'type'),
    locked: child(element, 'locked')?.startTagSpan,
  };
}

export function readNumaTune(element: XmlElement | undefined): NumaTune | undefined {
  if (element === undefined) return undefined;
  const nodes = [...children(element, 'memory'), ...children(element, 'memnode')];
  return {
    span: element.startTagSpan,
    nodes: nodes.map((node) => ({
      cell: located(node, 'cellid'),
      mode: located(node, 'mode'),
      nodeset: located(node, 'nodeset'),
      placement: located(node, 'placement'),
    })),
  };
}

export function readLaunchSecurity(element: XmlElement | undefined): LaunchSecurity | undefined {
  return element === undefined
    ? undefined
    : { span: element.startTagSpan, type: located(element, 'type') };
}
