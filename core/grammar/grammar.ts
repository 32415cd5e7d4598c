import { Derivatives } from './derivatives.ts';
import type { Datatype, NameClass, Pattern } from './pattern.ts';
import { PatternStore } from './pattern-store.ts';
import { compileSchema } from './rng.ts';

/** A grammar of XML documents, ready to be asked. */
export interface Grammar {
  /** Where it comes from, e.g. `libvirt 11.3.0`. */
  readonly name: string;
  readonly start: Pattern;
  readonly derivatives: Derivatives;
}

/**
 * A compiled schema as plain JSON. Nodes refer to one another by their place in the list:
 * `['e', name, content]` element, `['a', name, content]` attribute, `['c', …]` choice, `['i', …]`
 * interleave, `['g', first, then]` group, `['+', of]` one or more, `['l', of]` list, `['v', type,
 * value]` value, `['d', type, facets, except?]` data; 0 is empty, 1 notAllowed, 2 text.
 */
export interface CompiledGrammar {
  readonly format: 'livemigrate-grammar/1';
  readonly name: string;
  readonly start: number;
  readonly nodes: readonly CompiledNode[];
}

type CompiledNode =
  | 0
  | 1
  | 2
  | readonly ['e' | 'a', NameClass | string, number]
  | readonly ['c' | 'i', ...number[]]
  | readonly ['g', number, number]
  | readonly ['+' | 'l', number]
  | readonly ['v', string, string]
  | readonly ['d', string, Datatype['facets']]
  | readonly ['d', string, Datatype['facets'], number];

/**
 * Compiles RELAX NG files into data that can be kept.
 * @param files texts by the names that `include` uses; `start` is the first of them
 * @throws SchemaError
 */
export function compileGrammar(
  name: string,
  files: ReadonlyMap<string, string>,
  start: string,
): CompiledGrammar {
  const schema = compileSchema(files, start);
  const places = new Map<Pattern, number>();
  const nodes: CompiledNode[] = [];
  const place = (pattern: Pattern): number => {
    const known = places.get(pattern);
    if (known !== undefined) return known;
    const at = nodes.length;
    places.set(pattern, at);
    // Taken before the content, which may lead back here.
    nodes.push(0);
    nodes[at] = nodeOf(pattern, place);
    return at;
  };
  for (const pattern of [schema.store.empty, schema.store.notAllowed, schema.store.text])
    place(pattern);
  return { format: 'livemigrate-grammar/1', name, start: place(schema.start), nodes };
}

function nodeOf(pattern: Pattern, place: (pattern: Pattern) => number): CompiledNode {
  switch (pattern.kind) {
    case 'empty':
      return 0;
    case 'notAllowed':
      return 1;
    case 'text':
      return 2;
    case 'choice':
      return ['c', ...pattern.of.map(place)];
    case 'interleave':
      return ['i', ...pattern.of.map(place)];
    case 'group':
      return ['g', place(pattern.first), place(pattern.then)];
    case 'oneOrMore':
      return ['+', place(pattern.of)];
    case 'list':
      return ['l', place(pattern.of)];
    case 'value':
      return ['v', pattern.type, pattern.value];
    case 'data': {
      const { type, facets } = pattern.datatype;
      return pattern.except === undefined
        ? ['d', type, facets]
        : ['d', type, facets, place(pattern.except)];
    }
    case 'attribute':
      return ['a', shortName(pattern.name), place(pattern.of)];
    case 'element':
      return ['e', shortName(pattern.name), place(pattern.content)];
  }
}

function shortName(name: NameClass): NameClass | string {
  return name.kind === 'name' ? name.name : name;
}

/**
 * Makes a grammar of compiled data.
 * @throws Error when the data is of another format or damaged
 */
export function loadGrammar(data: unknown): Grammar {
  const compiled = data as Partial<CompiledGrammar> | null;
  if (
    compiled?.format !== 'livemigrate-grammar/1' ||
    typeof compiled.name !== 'string' ||
    !Array.isArray(compiled.nodes) ||
    typeof compiled.start !== 'number'
  )
    throw new Error('this is no compiled grammar of the format livemigrate-grammar/1');
  const store = new PatternStore();
  const patterns: Pattern[] = [];
  const nodes: readonly CompiledNode[] = compiled.nodes;
  const get = (at: number): Pattern => (patterns[at] ??= patternOf(store, nodes[at], get));
  return { name: compiled.name, start: get(compiled.start), derivatives: new Derivatives(store) };
}

function patternOf(
  store: PatternStore,
  node: CompiledNode | undefined,
  get: (at: number) => Pattern,
): Pattern {
  if (node === undefined) throw new Error('the compiled grammar is damaged');
  if (node === 0) return store.empty;
  if (node === 1) return store.notAllowed;
  if (node === 2) return store.text;
  switch (node[0]) {
    case 'e': {
      const [, name, content] = node;
      return store.element(nameOf(name), () => get(content));
    }
    case 'a':
      return store.attribute(nameOf(node[1]), get(node[2]));
    case 'c':
      return store.choice(node.slice(1).map((at) => get(at as number)));
    case 'i':
      return store.interleave(node.slice(1).map((at) => get(at as number)));
    case 'g':
      return store.group(get(node[1]), get(node[2]));
    case '+':
      return store.oneOrMore(get(node[1]));
    case 'l':
      return store.list(get(node[1]));
    case 'v':
      return store.value(node[1], node[2]);
    case 'd':
      return store.data(
        { type: node[1], facets: node[2] },
        node.length === 4 ? get(node[3]) : undefined,
      );
  }
}

function nameOf(name: NameClass | string): NameClass {
  return typeof name === 'string' ? { kind: 'name', name } : name;
}
