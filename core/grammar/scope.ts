import type { ElementData } from '../xml/element-data.ts';
import type { ExpandedName } from './pattern.ts';

/** The namespaces that prefixes stand for at one place of a document (Namespaces in XML 1.0). */
export interface Scope {
  readonly prefixes: ReadonlyMap<string, string>;
}

/** The one without any declaration, the same for all checkers. */
const outermost: Scope = { prefixes: new Map() };

/** Hands out scopes, equal ones once. */
export class Scopes {
  readonly outermost: Scope = outermost;
  private readonly known = new Map<string, Scope>([['[]', outermost]]);

  /** The scope inside an element. */
  within(outer: Scope, { declares, words }: ElementData): Scope {
    if (!declares) return outer;
    let prefixes: Map<string, string> | undefined;
    for (let at = 0; at < words.length; at += 2) {
      const name = words[at] ?? '';
      if (!isDeclaration(name)) continue;
      prefixes ??= new Map(outer.prefixes);
      prefixes.set(name === 'xmlns' ? '' : name.slice('xmlns:'.length), words[at + 1] ?? '');
    }
    if (prefixes === undefined) return outer;
    const key = JSON.stringify([...prefixes].sort());
    let scope = this.known.get(key);
    if (scope === undefined) this.known.set(key, (scope = { prefixes }));
    return scope;
  }
}

const letterX = 0x78;

export function isDeclaration(attribute: string): boolean {
  // Asked of every attribute; nearly none begins with x.
  if (attribute.charCodeAt(0) !== letterX) return false;
  return attribute.startsWith('xmlns') && (attribute.length === 5 || attribute[5] === ':');
}

/** A prefix that nobody declared stays in the name, so that nothing matches it. */
export function expandName(
  name: string,
  { prefixes }: Scope,
  kind: 'element' | 'attribute',
): ExpandedName {
  if (prefixes.size === 0 && name.charCodeAt(0) !== letterX) return name;
  const colon = name.indexOf(':');
  if (colon < 0) {
    // The default namespace is not for attributes.
    const namespace = kind === 'element' && prefixes.size > 0 ? (prefixes.get('') ?? '') : '';
    return namespace === '' ? name : `{${namespace}}${name}`;
  }
  const prefix = name.slice(0, colon);
  const namespace =
    prefix === 'xml' ? 'http://www.w3.org/XML/1998/namespace' : prefixes.get(prefix);
  return namespace === undefined ? name : `{${namespace}}${name.slice(colon + 1)}`;
}
