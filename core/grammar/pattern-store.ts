import { normalized } from './datatypes.ts';
import type {
  Choice,
  Datatype,
  Element,
  Interleave,
  NameClass,
  Pattern,
  PatternMemo,
} from './pattern.ts';

/** Makes patterns, each distinct one once, in a form that is simple where that is cheap to see. */
export class PatternStore {
  readonly empty: Pattern;
  readonly notAllowed: Pattern;
  readonly text: Pattern;
  private readonly known = new Map<string, Pattern>();
  private readonly sets = new Map<number, (Choice | Interleave)[]>();
  private nextId = 0;

  constructor() {
    this.empty = this.intern('0', { kind: 'empty', nullable: true });
    this.notAllowed = this.intern('1', { kind: 'notAllowed', nullable: false });
    this.text = this.intern('2', { kind: 'text', nullable: true });
  }

  /** One of them. */
  choice(patterns: readonly Pattern[]): Pattern {
    const allowed = patterns.filter((each) => each !== this.notAllowed);
    const [first] = allowed;
    // Most alternatives end at most attributes and children.
    if (first === undefined) return this.notAllowed;
    if (allowed.length === 1) return first;
    const all: Pattern[] = [];
    const add = (pattern: Pattern): void => {
      if (pattern.kind === 'choice') pattern.of.forEach(add);
      else all.push(pattern);
    };
    allowed.forEach(add);
    all.sort((a, b) => a.id - b.id);
    const of = all.filter((each, at) => each !== all[at - 1]);
    // What may be left out anyway needs no “or nothing”, which is the first of all patterns.
    if (of[0] === this.empty && of.some((each) => each.nullable && each !== this.empty)) of.shift();
    const [only] = of;
    return only !== undefined && of.length === 1 ? only : this.internSet('choice', of);
  }

  /** All of them, in any order and mixed with one another. */
  interleave(patterns: readonly Pattern[]): Pattern {
    const of: Pattern[] = [];
    for (const pattern of patterns) {
      if (pattern === this.notAllowed) return pattern;
      if (pattern.kind === 'interleave') of.push(...pattern.of);
      else if (pattern !== this.empty) of.push(pattern);
    }
    const [only] = of;
    if (only === undefined) return this.empty;
    if (of.length === 1) return only;
    of.sort((a, b) => a.id - b.id);
    return this.internSet('interleave', of);
  }

  /** The interleave `of` with its member `at` replaced; as `interleave`, in less time. */
  interleaveWith(of: readonly Pattern[], at: number, by: Pattern): Pattern {
    if (by === this.notAllowed) return by;
    if (by.kind === 'interleave') return this.interleave(of.with(at, by));
    const rest = of.slice();
    rest.splice(at, 1);
    if (by !== this.empty) {
      let place = rest.length;
      while (place > 0 && (rest[place - 1]?.id ?? 0) > by.id) place--;
      rest.splice(place, 0, by);
    }
    const [only] = rest;
    if (only === undefined) return this.empty;
    return rest.length === 1 ? only : this.internSet('interleave', rest);
  }

  /** One after the other. */
  group(first: Pattern, then: Pattern): Pattern {
    if (first === this.notAllowed || then === this.notAllowed) return this.notAllowed;
    if (first === this.empty) return then;
    if (then === this.empty) return first;
    if (first.kind === 'group') return this.group(first.first, this.group(first.then, then));
    return this.intern(`g${first.id.toString()},${then.id.toString()}`, {
      kind: 'group',
      nullable: first.nullable && then.nullable,
      first,
      then,
    });
  }

  oneOrMore(of: Pattern): Pattern {
    if (of === this.notAllowed || of === this.empty || of === this.text) return of;
    if (of.kind === 'oneOrMore') return of;
    return this.intern(`+${of.id.toString()}`, { kind: 'oneOrMore', nullable: of.nullable, of });
  }

  optional(of: Pattern): Pattern {
    return this.choice([of, this.empty]);
  }

  /** White space parts the text into the words that the pattern is about. */
  list(of: Pattern): Pattern {
    if (of === this.notAllowed) return of;
    return this.intern(`l${of.id.toString()}`, { kind: 'list', nullable: false, of });
  }

  value(type: string, value: string): Pattern {
    const key = `v${type} ${value}`;
    const equals = normalized(type, value);
    return this.intern(key, { kind: 'value', nullable: false, type, value, equals });
  }

  data(datatype: Datatype, except: Pattern | undefined): Pattern {
    const key = `d${JSON.stringify(datatype)}${except === undefined ? '' : except.id.toString()}`;
    return this.intern(key, { kind: 'data', nullable: false, datatype, except });
  }

  attribute(name: NameClass, of: Pattern): Pattern {
    if (of === this.notAllowed) return of;
    const key = `a${of.id.toString()} ${JSON.stringify(name)}`;
    return this.intern(key, { kind: 'attribute', nullable: false, name, of });
  }

  /** Each call makes an element of its own: its content may not be known yet. */
  element(name: NameClass, content: () => Pattern): Element {
    return new Node(this.nextId++, { kind: 'element', nullable: false, name, content }) as Element;
  }

  /** Members sorted by id. */
  private internSet(kind: 'choice' | 'interleave', of: readonly Pattern[]): Pattern {
    let hash = kind === 'choice' ? 1 : 2;
    for (const { id } of of) hash += Math.imul(id + 1, 0x9e3779b1) >>> 0;
    const bucket = this.sets.get(hash);
    const known = bucket?.find((each) => each.kind === kind && isSame(each.of, of));
    if (known !== undefined) return known;
    const nullable =
      kind === 'choice' ? of.some((each) => each.nullable) : of.every((each) => each.nullable);
    const made = new Node(this.nextId++, { kind, nullable, of }) as Choice | Interleave;
    if (bucket === undefined) this.sets.set(hash, [made]);
    else bucket.push(made);
    return made;
  }

  private intern(key: string, pattern: Parts): Pattern {
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const made = new Node(this.nextId++, pattern) as Pattern;
    this.known.set(key, made);
    return made;
  }
}

/** What makes a pattern; the fields that patterns of some kind have. */
interface Parts {
  readonly kind: Pattern['kind'];
  readonly nullable: boolean;
  readonly of?: Pattern | readonly Pattern[];
  readonly first?: Pattern;
  readonly then?: Pattern;
  readonly name?: NameClass;
  readonly content?: () => Pattern;
  readonly type?: string;
  readonly value?: string;
  readonly equals?: string;
  readonly datatype?: Datatype;
  readonly except?: Pattern | undefined;
}

/**
 * Patterns of every kind are objects of one class with the same fields in the same order: the engine
 * runs code that sees one layout several times as fast as code that sees a dozen.
 */
class Node {
  readonly id: number;
  readonly kind: Pattern['kind'];
  readonly nullable: boolean;
  memo: PatternMemo | undefined = undefined;
  readonly of: Parts['of'];
  readonly first: Parts['first'];
  readonly then: Parts['then'];
  readonly name: Parts['name'];
  readonly type: Parts['type'];
  readonly value: Parts['value'];
  readonly equals: Parts['equals'];
  readonly datatype: Parts['datatype'];
  readonly except: Parts['except'];
  private readonly makeContent: Parts['content'];
  private knownContent: Pattern | undefined = undefined;

  constructor(id: number, parts: Parts) {
    this.id = id;
    this.kind = parts.kind;
    this.nullable = parts.nullable;
    this.of = parts.of;
    this.first = parts.first;
    this.then = parts.then;
    this.name = parts.name;
    this.type = parts.type;
    this.value = parts.value;
    this.equals = parts.equals;
    this.datatype = parts.datatype;
    this.except = parts.except;
    this.makeContent = parts.content;
  }

  get content(): Pattern | undefined {
    return (this.knownContent ??= this.makeContent?.());
  }
}

function isSame(one: readonly Pattern[], other: readonly Pattern[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at]);
}
