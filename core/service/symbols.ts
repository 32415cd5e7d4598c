import type { YamlEntry, YamlMapping, YamlNode } from '../yaml/tree.ts';
import { domainXmlOf, documentOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { elementSymbol } from './domain-xml/symbols.ts';
import type { SymbolNode } from './symbol-node.ts';

export type { SymbolNode } from './symbol-node.ts';

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
