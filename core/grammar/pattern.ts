/**
 * RELAX NG patterns as values (https://relaxng.org/spec-20011203.html, section 4.19 and 6). Equal
 * patterns are one object, so that derivatives can be remembered on them.
 */

/** An expanded name: `local`, or `{namespace}local`. */
export type ExpandedName = string;

export type NameClass =
  | { readonly kind: 'name'; readonly name: ExpandedName }
  | { readonly kind: 'any'; readonly except?: NameClass }
  | { readonly kind: 'namespace'; readonly namespace: string; readonly except?: NameClass }
  | { readonly kind: 'choice'; readonly of: readonly NameClass[] };

/** A datatype of the XML Schema library with its facets; `string` and `token` are built in, too. */
export interface Datatype {
  readonly type: string;
  /** `pattern`, `minInclusive`, …; a facet that is given twice must hold twice. */
  readonly facets: readonly (readonly [name: string, value: string])[];
}

interface Base {
  /** Distinct for distinct patterns of one store. */
  readonly id: number;
  /** Does the pattern match nothing at all? */
  readonly nullable: boolean;
}

export interface Empty extends Base {
  readonly kind: 'empty';
}
export interface NotAllowed extends Base {
  readonly kind: 'notAllowed';
}
export interface Text extends Base {
  readonly kind: 'text';
}
export interface Choice extends Base {
  readonly kind: 'choice';
  readonly of: readonly Pattern[];
}
export interface Interleave extends Base {
  readonly kind: 'interleave';
  readonly of: readonly Pattern[];
}
export interface Group extends Base {
  readonly kind: 'group';
  readonly first: Pattern;
  readonly then: Pattern;
}
export interface OneOrMore extends Base {
  readonly kind: 'oneOrMore';
  readonly of: Pattern;
}
export interface List extends Base {
  readonly kind: 'list';
  readonly of: Pattern;
}
export interface Value extends Base {
  readonly kind: 'value';
  readonly type: string;
  readonly value: string;
}
export interface Data extends Base {
  readonly kind: 'data';
  readonly datatype: Datatype;
  readonly except: Pattern | undefined;
}
export interface Attribute extends Base {
  readonly kind: 'attribute';
  readonly name: NameClass;
  readonly of: Pattern;
}
export interface Element extends Base {
  readonly kind: 'element';
  readonly name: NameClass;
  /** Attributes and children; elements may contain themselves, so it is found when it is needed. */
  readonly content: Pattern;
}

export type Pattern =
  | Empty
  | NotAllowed
  | Text
  | Choice
  | Interleave
  | Group
  | OneOrMore
  | List
  | Value
  | Data
  | Attribute
  | Element;

export function nameMatches(nameClass: NameClass, name: ExpandedName): boolean {
  switch (nameClass.kind) {
    case 'name':
      return nameClass.name === name;
    case 'any':
      return nameClass.except === undefined || !nameMatches(nameClass.except, name);
    case 'namespace':
      return (
        namespaceOf(name) === nameClass.namespace &&
        (nameClass.except === undefined || !nameMatches(nameClass.except, name))
      );
    case 'choice':
      return nameClass.of.some((each) => nameMatches(each, name));
  }
}

function namespaceOf(name: ExpandedName): string {
  return name.startsWith('{') ? name.slice(1, name.indexOf('}')) : '';
}

/** The plain names of a class; a class of infinitely many names has none. */
export function namesOf(nameClass: NameClass): readonly ExpandedName[] {
  switch (nameClass.kind) {
    case 'name':
      return [nameClass.name];
    case 'choice':
      return nameClass.of.flatMap(namesOf);
    case 'any':
    case 'namespace':
      return [];
  }
}

export function isOpen(nameClass: NameClass): boolean {
  return nameClass.kind === 'choice' ? nameClass.of.some(isOpen) : nameClass.kind !== 'name';
}
