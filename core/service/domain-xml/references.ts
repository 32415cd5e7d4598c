import type { Span } from '../../text/span.ts';
import { contains } from '../../text/span.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { attribute } from '../../xml/tree.ts';
import type { DomainXml } from '../parse-cache.ts';
import { pathOf } from './element-path.ts';
import { tagPairAt } from './tag-pair.ts';

/** A place in a domain that gives something a name, or refers to it. */
interface Mention {
  readonly group: string;
  readonly value: string;
  readonly span: Span;
  readonly defines: boolean;
}

/** By end of the path and attribute (`=` for the text): the group of names, and whether it defines. */
const mentions: readonly {
  readonly path: string;
  readonly attribute: string;
  readonly group: string;
  readonly defines: boolean;
}[] = [
  { path: 'alias', attribute: 'name', group: 'alias', defines: true },
  { path: 'teaming', attribute: 'persistent', group: 'alias', defines: false },
  { path: 'iothreadids/iothread', attribute: 'id', group: 'iothread', defines: true },
  { path: 'iothreadpin', attribute: 'iothread', group: 'iothread', defines: false },
  { path: 'disk/driver', attribute: 'iothread', group: 'iothread', defines: false },
  { path: 'controller/driver', attribute: 'iothread', group: 'iothread', defines: false },
  { path: 'numa/cell', attribute: 'id', group: 'cell', defines: true },
  { path: 'memnode', attribute: 'cellid', group: 'cell', defines: false },
  { path: 'memory/target/node', attribute: '=', group: 'cell', defines: false },
  { path: 'devices/audio', attribute: 'id', group: 'audio', defines: true },
  { path: 'sound/audio', attribute: 'id', group: 'audio', defines: false },
  { path: 'graphics/audio', attribute: 'id', group: 'audio', defines: false },
  { path: 'vcpus/vcpu', attribute: 'id', group: 'vcpu', defines: true },
  { path: 'vcpupin', attribute: 'vcpu', group: 'vcpu', defines: false },
];

/** Where the thing that a place refers to is named in this file: the alias of a team, a NUMA cell. */
export function definitionInDomain(
  xml: DomainXml,
  offset: number,
): { readonly origin: Span; readonly target: Span } | undefined {
  const { at, all } = mentionAt(xml, offset);
  if (at === undefined || at.defines) return undefined;
  const found = all.find((other) => other.defines && same(at, other));
  return found === undefined ? undefined : { origin: at.span, target: found.span };
}

/** Places in this file that name the same thing as this place, its definition among them or not. */
export function mentionsInDomain(
  xml: DomainXml,
  offset: number,
  declarations: boolean,
): readonly Span[] {
  const { at, all } = mentionAt(xml, offset);
  if (at === undefined) return [];
  return all
    .filter((other) => same(at, other) && (declarations || !other.defines))
    .map(({ span }) => span);
}

/** What is highlighted with the place of the cursor: the other tag, or the same thing elsewhere. */
export function highlights(xml: DomainXml, offset: number): readonly Span[] {
  const pair = tagPairAt(xml, offset);
  return pair === undefined ? mentionsInDomain(xml, offset, true) : pair.spans;
}

/** The names that a group of things has in this file: aliases of users, I/O threads, NUMA cells. */
export function namesOfGroup(xml: DomainXml, group: string): readonly string[] {
  const named = allMentions(xml).filter((each) => each.group === group && each.defines);
  return [...new Set(named.map(({ value }) => value))];
}

function mentionAt(
  xml: DomainXml,
  offset: number,
): { readonly at: Mention | undefined; readonly all: readonly Mention[] } {
  const all = allMentions(xml);
  return { at: all.find(({ span }) => contains(span, offset)), all };
}

function allMentions({ document }: DomainXml): readonly Mention[] {
  const all: Mention[] = [];
  const visit = (element: XmlElement): void => {
    all.push(...mentionsOf(element));
    element.children.forEach(visit);
  };
  if (document.root !== undefined) visit(document.root);
  return all;
}

function mentionsOf(element: XmlElement): readonly Mention[] {
  let path: string | undefined;
  return mentions.flatMap((each): readonly Mention[] => {
    if (!each.path.endsWith(element.name)) return [];
    path ??= `/${pathOf(element).join('/')}`;
    if (!path.endsWith(`/${each.path}`)) return [];
    const said = each.attribute === '=' ? element.text : valueOf(element, each.attribute);
    return said === undefined || said.value === ''
      ? []
      : [{ group: each.group, value: said.value, span: said.span, defines: each.defines }];
  });
}

function valueOf(
  element: XmlElement,
  name: string,
): { readonly value: string; readonly span: Span } | undefined {
  const found = attribute(element, name);
  return found === undefined ? undefined : { value: found.value, span: found.valueSpan };
}

function same(a: Mention, b: Mention): boolean {
  return a.group === b.group && a.value === b.value;
}
