import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import { parseXml } from '../xml/parse.ts';
import { attribute, child, children } from '../xml/tree.ts';
import type { XmlElement } from '../xml/tree.ts';

/** One end of a moved disk: an image file or a block device, by absolute path. */
export interface DiskPlace {
  readonly type: 'file' | 'block';
  readonly path: string;
}

/** A disk whose image lies elsewhere on the destination. */
export interface MovedDisk {
  readonly target: string;
  readonly from: DiskPlace;
  readonly to: DiskPlace;
}

export type Replaced =
  { readonly ok: true; readonly xml: string } | { readonly ok: false; readonly why: Message };

/**
 * Domain XML in which the disks of `moved` have their new source and every other byte is as before.
 * Refuses when a disk is not there, is not what was planned for, or names a backing chain of its
 * own, which a copied disk does not have on the destination.
 */
export function replaceDiskSources(xml: string, moved: readonly MovedDisk[]): Replaced {
  const { root, problems } = parseXml(xml);
  if (root?.name !== 'domain' || problems.length > 0)
    return { ok: false, why: say('The domain XML cannot be read.') };
  const disks = children(child(root, 'devices'), 'disk');
  const edits: Edit[] = [];
  for (const disk of moved) {
    const named = disks.filter((element) => targetOf(element) === disk.target);
    const [element] = named;
    const made =
      element === undefined || named.length > 1 ? undefined : editsFor(xml, element, disk);
    if (made === undefined) {
      return {
        ok: false,
        why: say('Disk {0} in the domain XML is not {1} as planned.', disk.target, disk.from.path),
      };
    }
    edits.push(...made);
  }
  return { ok: true, xml: applied(xml, edits) };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The attribute of `<source>` that holds the path. */
const pathAttribute = { file: 'file', block: 'dev' } as const;

function editsFor(xml: string, disk: XmlElement, { from, to }: MovedDisk): Edit[] | undefined {
  const type = attribute(disk, 'type');
  const sources = children(disk, 'source');
  const path =
    sources[0] === undefined ? undefined : attribute(sources[0], pathAttribute[from.type]);
  const plain = type?.value === from.type && sources.length === 1 && path?.value === from.path;
  const backing = child(disk, 'backingStore');
  const chain = backing !== undefined && attribute(backing, 'type') !== undefined;
  if (!plain || chain || child(disk, 'mirror') !== undefined) return undefined;
  // `<source file='/a'/>`: the quotes stand right around the value.
  const quote = xml.charAt(path.valueSpan.start - 1);
  const edits: Edit[] = [{ ...path.valueSpan, text: escaped(to.path, quote) }];
  if (to.type !== from.type) {
    edits.push({ ...type.valueSpan, text: to.type });
    edits.push({ ...path.nameSpan, text: pathAttribute[to.type] });
  }
  return edits;
}

function targetOf(disk: XmlElement): string | undefined {
  const target = child(disk, 'target');
  return target === undefined ? undefined : attribute(target, 'dev')?.value;
}

function applied(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: replacement } of [...edits].sort((a, b) => b.start - a.start)) {
    result = `${result.slice(0, start)}${replacement}${result.slice(end)}`;
  }
  return result;
}

function escaped(path: string, quote: string): string {
  const text = path.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return quote === '"' ? text.replaceAll('"', '&quot;') : text.replaceAll("'", '&apos;');
}
