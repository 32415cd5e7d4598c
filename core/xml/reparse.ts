import { forbiddenCharacter } from './characters.ts';
import { ElementUnderWork } from './element-data.ts';
import type { ElementData } from './element-data.ts';
import { XmlNode } from './node.ts';
import { parseXml } from './parse.ts';
import { rescan } from './rescan.ts';
import type { SharedElements } from './shared-elements.ts';
import { defaultXmlLimits } from './tree.ts';
import type { XmlDocument } from './tree.ts';

/** An earlier version of a document. */
export interface FormerXml {
  readonly text: string;
  readonly document: XmlDocument;
}

/**
 * What `parseXml` gives for `text`, with the elements that are the same as in `former` shared. Only
 * the content of the innermost element around the change is read again, and of that what stands
 * between two untouched children. Where either version is not well-formed, the whole is read.
 */
export function reparseXml(
  former: FormerXml | undefined,
  text: string,
  shared?: SharedElements,
): XmlDocument {
  return (
    (former === undefined ? undefined : patched(former, text, shared)) ??
    parseXml(text, defaultXmlLimits, shared)
  );
}

/** The text between `start` and `oldEnd` is another one, which ends at `newEnd`. */
interface Change {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

/** An element, its place in the former text, and which child the path goes on with. */
interface Stage {
  readonly data: ElementData;
  readonly start: number;
  readonly index: number;
}

/** Undefined where only reading everything can tell. */
function patched(
  { text: before, document }: FormerXml,
  text: string,
  shared: SharedElements | undefined,
): XmlDocument | undefined {
  const { root, problems } = document;
  if (root === undefined || problems.length > 0) return undefined;
  if (text.length > defaultXmlLimits.maxLength) return undefined;
  const change = changeBetween(before, text);
  if (!holds(root.data, root.start, change)) return undefined;
  // With a neighbour on each side, so that no half of a surrogate pair is missed.
  const window = text.slice(Math.max(0, change.start - 1), change.newEnd + 1);
  forbiddenCharacter.lastIndex = 0;
  if (forbiddenCharacter.test(window)) return undefined;
  const path = pathTo(change, root.data, root.start);
  const innermost = path.pop();
  if (innermost === undefined) return undefined;
  let data = contentRead(innermost, change, { text, depth: path.length, shared });
  const shift = change.newEnd - change.oldEnd;
  for (let at = path.length - 1; at >= 0 && data !== undefined; at--) {
    const around = path[at];
    if (around !== undefined) data = withChild(around, data, shift);
  }
  if (data === undefined) return undefined;
  return { root: new XmlNode(data, root.start, undefined), problems: [] };
}

/** Both tags of the element are untouched, and the change lies between them. */
function holds(data: ElementData, start: number, change: Change): boolean {
  return (
    data.endTagStart >= 0 &&
    start + data.startTagEnd <= change.start &&
    change.oldEnd <= start + data.endTagStart
  );
}

/** The elements around a change, the outermost first. */
function pathTo(change: Change, root: ElementData, rootStart: number): Stage[] {
  const path: Stage[] = [];
  let data = root;
  let start = rootStart;
  for (;;) {
    const index = lastBefore(data.childStarts, change.start - start);
    const child = data.children[index];
    path.push({ data, start, index });
    const childStart = start + (data.childStarts[index] ?? 0);
    if (child === undefined || !holds(child, childStart, change)) return path;
    data = child;
    start = childStart;
  }
}

/** The place of the last number that is below `limit`; -1 when none is. The numbers rise. */
function lastBefore(numbers: readonly number[], limit: number): number {
  let low = -1;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) < limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

interface Surroundings {
  readonly text: string;
  /** Elements around the one that is read. */
  readonly depth: number;
  readonly shared: SharedElements | undefined;
}

/** The element with the changed part of its content read anew. */
function contentRead(
  { data: old, start, index }: Stage,
  change: Change,
  { text, depth, shared }: Surroundings,
): ElementData | undefined {
  const shift = change.newEnd - change.oldEnd;
  // Where text stands beside children, all of it makes one value.
  const parts = old.textStart === old.textEnd;
  const { children, childStarts } = old;
  let kept = parts ? index + 1 : 0;
  if (kept > 0 && start + endOf(old, index) > change.start) kept--;
  let behind = parts ? kept : children.length;
  while (behind < children.length && start + (childStarts[behind] ?? 0) < change.oldEnd) behind++;
  const from = start + (kept > 0 ? endOf(old, kept - 1) : old.startTagEnd);
  const to = start + (childStarts[behind] ?? old.endTagStart) + shift;
  const data = new ElementUnderWork(old.name, old.nameEnd, old.startTagEnd, old);
  if (kept > 0) {
    data.children = children.slice(0, kept);
    data.childStarts = childStarts.slice(0, kept);
  }
  const maxDepth = defaultXmlLimits.maxDepth - depth;
  const addRest = (): void => {
    children.slice(behind).forEach((child, at) => {
      data.add(child, (childStarts[behind + at] ?? 0) + shift);
    });
  };
  const into = { data, start };
  if (!rescan({ text, from, to, maxDepth, into, addRest, shared })) return undefined;
  data.endTagStart = old.endTagStart + shift;
  data.length = old.length + shift;
  return data;
}

/** Where a child ends, counted from its parent. */
function endOf({ children, childStarts }: ElementData, index: number): number {
  return (childStarts[index] ?? 0) + (children[index]?.length ?? 0);
}

/** The element with another child in the place of the one that the path goes on with. */
function withChild({ data: old, index }: Stage, child: ElementData, shift: number): ElementData {
  const data = new ElementUnderWork(old.name, old.nameEnd, old.startTagEnd, old);
  const end = endOf(old, index);
  data.children = old.children.slice();
  data.children[index] = child;
  data.childStarts = old.childStarts.slice();
  if (shift !== 0)
    for (let at = index + 1; at < data.childStarts.length; at++)
      data.childStarts[at] = (data.childStarts[at] ?? 0) + shift;
  data.text = old.text;
  data.rawText = old.rawText;
  data.textStart = old.textStart < end ? old.textStart : old.textStart + shift;
  data.textEnd = old.textEnd < end ? old.textEnd : old.textEnd + shift;
  data.endTagStart = old.endTagStart + shift;
  data.length = old.length + shift;
  return data;
}

/** Characters that are compared at once; the machine compares them faster than a loop does. */
const chunk = 2048;

function changeBetween(before: string, after: string): Change {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (
    start + chunk <= most &&
    before.slice(start, start + chunk) === after.slice(start, start + chunk)
  ) {
    start += chunk;
  }
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let oldEnd = before.length;
  let newEnd = after.length;
  while (
    Math.min(oldEnd, newEnd) - chunk >= start &&
    before.slice(oldEnd - chunk, oldEnd) === after.slice(newEnd - chunk, newEnd)
  ) {
    oldEnd -= chunk;
    newEnd -= chunk;
  }
  while (
    Math.min(oldEnd, newEnd) > start &&
    before.charCodeAt(oldEnd - 1) === after.charCodeAt(newEnd - 1)
  ) {
    oldEnd--;
    newEnd--;
  }
  return { start, oldEnd, newEnd };
}
