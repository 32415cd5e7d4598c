import { attribute, children } from '../xml/tree.ts';
import type { XmlElement } from '../xml/tree.ts';
import { parseXml } from '../xml/parse.ts';
import type { NameClass, Pattern } from './pattern.ts';
import { PatternStore } from './pattern-store.ts';

/** A schema that cannot be compiled; the message names the file and what is wrong in it. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

interface Definition {
  readonly bodies: { readonly element: XmlElement; readonly context: Context }[];
  combine: string | undefined;
}

/** What a part of a schema inherits from the elements around it. */
interface Context {
  readonly file: string;
  readonly namespace: string;
  readonly definitions: Map<string, Definition>;
}

/** Stands for the start symbol among the definitions; no definition can be called so. */
const startName = '\0start';

/**
 * Compiles a RELAX NG schema in XML syntax (with `include`, `combine`, datatypes; without nested
 * grammars and external references, which libvirt's domain schema does not use).
 * @param files texts of all files by the names that `include` uses
 * @throws SchemaError
 */
export function compileSchema(
  files: ReadonlyMap<string, string>,
  start: string,
): { readonly store: PatternStore; readonly start: Pattern } {
  const definitions = new Map<string, Definition>();
  readGrammar(files, start, definitions, []);
  const compiler = new Compiler(definitions);
  return { store: compiler.store, start: compiler.named(startName, start) };
}

function readGrammar(
  files: ReadonlyMap<string, string>,
  file: string,
  definitions: Map<string, Definition>,
  trail: readonly string[],
): void {
  const text = files.get(file);
  if (text === undefined) throw new SchemaError(`${file}: there is no such file`);
  if (trail.includes(file)) throw new SchemaError(`${file}: the file includes itself`);
  const { root, problems } = parseXml(text);
  const [problem] = problems.filter(({ severity }) => severity === 'error');
  if (root === undefined || problem !== undefined)
    throw new SchemaError(`${file}: this is not well-formed XML`);
  if (local(root) !== 'grammar') throw new SchemaError(`${file}: the root is no grammar`);
  const context = { file, namespace: attribute(root, 'ns')?.value ?? '', definitions };
  readComponents(root, context, { files, trail: [...trail, file] });
}

interface Reading {
  readonly files: ReadonlyMap<string, string>;
  readonly trail: readonly string[];
}

function readComponents(parent: XmlElement, context: Context, reading: Reading): void {
  for (const element of parent.children) {
    switch (local(element)) {
      case 'define':
        define(required(element, 'name', context), element, context);
        break;
      case 'start':
        define(startName, element, context);
        break;
      case 'div':
        readComponents(element, within(context, element), reading);
        break;
      case 'include':
        include(element, context, reading);
        break;
      default:
    }
  }
}

/** What an include defines anew replaces what the file defines. */
function include(element: XmlElement, context: Context, { files, trail }: Reading): void {
  const included = new Map<string, Definition>();
  readGrammar(files, required(element, 'href', context), included, trail);
  const own = { ...within(context, element), definitions: new Map<string, Definition>() };
  readComponents(element, own, { files, trail });
  for (const [name, definition] of [
    ...[...included].filter(([name]) => !own.definitions.has(name)),
    ...own.definitions,
  ]) {
    const before = context.definitions.get(name);
    if (before === undefined) context.definitions.set(name, definition);
    else {
      before.bodies.push(...definition.bodies);
      before.combine ??= definition.combine;
    }
  }
}

function define(name: string, element: XmlElement, context: Context): void {
  const combine = attribute(element, 'combine')?.value;
  const body = { element, context: within(context, element) };
  const before = context.definitions.get(name);
  if (before === undefined) context.definitions.set(name, { bodies: [body], combine });
  else {
    before.bodies.push(body);
    before.combine ??= combine;
  }
}

function within(context: Context, element: XmlElement): Context {
  const namespace = attribute(element, 'ns')?.value;
  return namespace === undefined ? context : { ...context, namespace };
}

function required(element: XmlElement, name: string, { file }: Context): string {
  const value = attribute(element, name)?.value;
  if (value === undefined) throw new SchemaError(`${file}: <${element.name}> has no ${name}`);
  return value.trim();
}

/** Schemas may give RELAX NG a prefix; nothing else stands where a pattern does. */
function local(element: XmlElement): string {
  return element.name.slice(element.name.indexOf(':') + 1);
}

class Compiler {
  readonly store = new PatternStore();
  private readonly definitions: ReadonlyMap<string, Definition>;
  private readonly known = new Map<string, Pattern>();
  private readonly open = new Set<string>();

  constructor(definitions: ReadonlyMap<string, Definition>) {
    this.definitions = definitions;
  }

  named(name: string, file: string): Pattern {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const definition = this.definitions.get(name);
    const shown = name === startName ? 'start' : name;
    if (definition === undefined) throw new SchemaError(`${file}: “${shown}” is not defined`);
    if (this.open.has(name)) throw new SchemaError(`${file}: “${shown}” is made of itself`);
    this.open.add(name);
    const bodies = definition.bodies.map(({ element, context }) => this.all(element, context));
    this.open.delete(name);
    const pattern =
      definition.combine === 'interleave'
        ? this.store.interleave(bodies)
        : this.store.choice(bodies);
    this.known.set(name, pattern);
    return pattern;
  }

  private all(parent: XmlElement, context: Context): Pattern {
    return this.inOrder(parent.children, context);
  }

  private inOrder(elements: readonly XmlElement[], context: Context): Pattern {
    return elements
      .map((each) => this.pattern(each, context))
      .reduceRight((rest, each) => this.store.group(each, rest), this.store.empty);
  }

  private each(parent: XmlElement, context: Context): readonly Pattern[] {
    return parent.children.map((each) => this.pattern(each, context));
  }

  private pattern(element: XmlElement, outer: Context): Pattern {
    const { store } = this;
    const context = within(outer, element);
    switch (local(element)) {
      case 'element': {
        const { name, content } = this.nameAnd(element, context, context.namespace);
        return store.element(name, () => this.inOrder(content, context));
      }
      case 'attribute': {
        const own = attribute(element, 'ns')?.value ?? '';
        const { name, content } = this.nameAnd(element, context, own);
        return store.attribute(
          name,
          content.length === 0 ? store.text : this.inOrder(content, context),
        );
      }
      case 'ref':
        return this.named(required(element, 'name', context), context.file);
      case 'group':
        return this.all(element, context);
      case 'choice':
        return store.choice(this.each(element, context));
      case 'interleave':
        return store.interleave(this.each(element, context));
      case 'mixed':
        return store.interleave([this.all(element, context), store.text]);
      case 'optional':
        return store.optional(this.all(element, context));
      case 'zeroOrMore':
        return store.optional(store.oneOrMore(this.all(element, context)));
      case 'oneOrMore':
        return store.oneOrMore(this.all(element, context));
      case 'list':
        return store.list(this.all(element, context));
      case 'empty':
        return store.empty;
      case 'notAllowed':
        return store.notAllowed;
      case 'text':
        return store.text;
      case 'value':
        return store.value(attribute(element, 'type')?.value ?? 'token', element.rawText);
      case 'data':
        return this.data(element, context);
      default:
        throw new SchemaError(`${context.file}: <${element.name}> is not supported`);
    }
  }

  private data(element: XmlElement, context: Context): Pattern {
    const type = required(element, 'type', context);
    const facets = children(element, 'param').map(
      (param) => [required(param, 'name', context), param.rawText] as const,
    );
    const except = children(element, 'except').map((each) =>
      this.store.choice(this.each(each, context)),
    );
    return this.store.data(
      { type, facets },
      except.length === 0 ? undefined : this.store.choice(except),
    );
  }

  /** The name stands in an attribute, or as name class in front of the content. */
  private nameAnd(
    element: XmlElement,
    context: Context,
    namespace: string,
  ): { readonly name: NameClass; readonly content: readonly XmlElement[] } {
    const name = attribute(element, 'name')?.value.trim();
    if (name !== undefined)
      return { name: { kind: 'name', name: expanded(name, namespace) }, content: element.children };
    const [first, ...content] = element.children;
    if (first === undefined)
      throw new SchemaError(`${context.file}: <${element.name}> has no name`);
    return { name: nameClass(first, context, namespace), content };
  }
}

function nameClass(element: XmlElement, context: Context, outer: string): NameClass {
  const namespace = attribute(element, 'ns')?.value ?? outer;
  const of = (parent: XmlElement): readonly NameClass[] =>
    parent.children
      .filter((each) => local(each) !== 'except')
      .map((each) => nameClass(each, context, namespace));
  const exceptions = children(element, 'except').flatMap(of);
  const except =
    exceptions.length === 0 ? {} : { except: { kind: 'choice', of: exceptions } as const };
  switch (local(element)) {
    case 'name':
      return { kind: 'name', name: expanded(element.text.value, namespace) };
    case 'anyName':
      return { kind: 'any', ...except };
    case 'nsName':
      return { kind: 'namespace', namespace, ...except };
    case 'choice':
      return { kind: 'choice', of: of(element) };
    default:
      throw new SchemaError(`${context.file}: <${element.name}> is no name class`);
  }
}

function expanded(name: string, namespace: string): string {
  return namespace === '' ? name : `{${namespace}}${name}`;
}
