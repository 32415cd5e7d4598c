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

/** Answers about one pattern, each found when it is first asked for. See `Derivatives`. */
export interface PatternMemo {
  elements: ByName<Element> | undefined;
  attributes: ByName<Attribute> | undefined;
  elementSteps: Map<ExpandedName, Step<Element>> | undefined;
  attributeSteps: Map<ExpandedName, Step<Attribute>> | undefined;
  /** Behind the start tag, and the same with missing attributes forgiven. */
  closed: Pattern | undefined;
  released: Pattern | undefined;
  /** Derivatives by the one pattern that matched, or by several. */
  afterOne: Map<Pattern, Pattern> | undefined;
  afterSome: Map<string, Pattern> | undefined;
  /** Of an attribute: which values it accepts. */
  accepted: Map<string, boolean> | undefined;
}

/** What can come next, by name; `open` are those whose names cannot be listed. */
export interface ByName<T> {
  readonly named: ReadonlyMap<ExpandedName, readonly T[]>;
  readonly open: readonly T[];
  /** All of them. */
  readonly all: ReadonlySet<T>;
}

/** What a child or an attribute of one name leads to. */
export interface Step<T> {
  readonly candidates: readonly T[];
  /** The one candidate, when there is just one. */
  readonly only: T | undefined;
  /** What is left behind it; found when it is first asked for. */
  afterOnly: Pattern | undefined;
}

interface Base {
  /** Distinct for distinct patterns of one store. */
  readonly id: number;
  /** Does the pattern match nothing at all? */
  readonly nullable: boolean;
  /** What was found out about the pattern; kept here because it is asked for with every tag. */
  memo: PatternMemo | undefined;
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
  /** The value as its type sees it. */
  readonly equals: string;
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
