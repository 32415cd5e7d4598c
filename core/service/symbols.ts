import type { Span } from '../text/span.ts';
import { attribute } from '../xml/tree.ts';
import type { XmlElement } from '../xml/tree.ts';
import type { YamlEntry, YamlMapping, YamlNode } from '../yaml/tree.ts';
import { domainXmlOf, documentOf } from './context.ts';
import type { ServiceContext } from './context.ts';

export interface SymbolNode {
  readonly name: string;
  readonly detail: string | undefined;
  readonly kind: 'file' | 'host' | 'disk' | 'network' | 'group' | 'property';
  readonly span: Span;
  readonly nameSpan: Span;
  readonly children: readonly SymbolNode[];
}

/** The outline: keys and named items of a descriptor, devices of a domain. */
export function documentSymbols(context: ServiceContext): readonly SymbolNode[] {
  const xml = domainXmlOf(context);
  if (xml !== undefined) return xml.domain === undefined ? [] : [elementSymbol(xml.domain.root)];
  const document = documentOf(context);
  if (document === undefined) return [];
  const { tree } = context.cache.descriptor(context.uri, document.text);
  return tree.root?.kind === 'mapping' ? tree.root.entries.map(entrySymbol) : [];
}

function entrySymbol(entry: YamlEntry): SymbolNode {
  const { key, value, span } = entry;
  return {
    name: key.source === '' ? '""' : key.source,
    detail: value?.kind === 'scalar' ? value.source : undefined,
    kind: value?.kind === 'scalar' ? 'property' : 'group',
    span,
    nameSpan: key.span,
    children: childSymbols(value, key.source),
  };
}

function childSymbols(value: YamlNode | undefined, key: string): readonly SymbolNode[] {
  if (value?.kind === 'mapping') return value.entries.map(entrySymbol);
  if (value?.kind !== 'sequence') return [];
  const kind = key === 'disks' ? 'disk' : key === 'hosts' ? 'host' : 'network';
  return value.items.flatMap((item) => (item.kind === 'mapping' ? [itemSymbol(item, kind)] : []));
}

function itemSymbol(item: YamlMapping, kind: SymbolNode['kind']): SymbolNode {
  const first = item.entries.find((entry) => entry.value?.kind === 'scalar');
  const value = first?.value;
  const name = value?.kind === 'scalar' && value.source !== '' ? value.source : '–';
  return {
    name,
    detail: undefined,
    kind,
    span: item.span,
    nameSpan: value?.span ?? item.span,
    children: item.entries.filter((entry) => entry !== first).map(entrySymbol),
  };
}

/** Elements below which an outline shows nothing more. */
const leaves: ReadonlySet<string> = new Set(['disk', 'interface', 'controller', 'cpu']);

function elementSymbol(element: XmlElement): SymbolNode {
  const shown = leaves.has(element.name) ? [] : element.children;
  return {
    name: element.name,
    detail: detailOf(element),
    kind:
      element.name === 'domain'
        ? 'file'
        : element.name === 'disk'
          ? 'disk'
          : element.name === 'interface'
            ? 'network'
            : shown.length > 0
              ? 'group'
              : 'property',
    span: element.span,
    nameSpan: element.nameSpan,
    children: shown.map(elementSymbol),
  };
}

/** What tells a device apart from its siblings. */
function detailOf(element: XmlElement): string | undefined {
  const below = (name: string, value: string): string | undefined => {
    const found = element.children.find((each) => each.name === name);
    return found === undefined ? undefined : attribute(found, value)?.value;
  };
  switch (element.name) {
    case 'domain':
      return element.children.find((each) => each.name === 'name')?.text.value;
    case 'disk':
      return below('target', 'dev');
    case 'interface':
      return below('mac', 'address');
    default: {
      const text = element.text.value;
      return text === '' ? attribute(element, 'type')?.value : text.slice(0, 80);
    }
  }
}
