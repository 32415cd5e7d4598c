import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import { nearestName } from '../text/nearest.ts';
import type { Span } from '../text/span.ts';
import { entry as entryOf } from '../yaml/tree.ts';
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSequence } from '../yaml/tree.ts';
import { bindQuantity } from './bind-quantity.ts';
import type {
  AnyListField,
  AnyMapField,
  AnyObjectField,
  Bound,
  Field,
  Shape,
} from './field-types.ts';
import { otherSpellings } from './fields.ts';

export type Report = (problem: SyntaxProblem) => void;

/**
 * Binds a YAML tree to the model its table of fields describes. What does not fit is reported on
 * its own range and left out of the model; everything else is kept.
 */
export function bindFields<F extends AnyObjectField>(
  field: F,
  node: YamlMapping,
  report: Report,
): Bound<F> {
  const placed: Report = (problem) => {
    report(withPlace(problem, field));
  };
  // The table and the tree decide the shape at run time; `Bound` states the same in the type system.
  return bindObject(field, node, undefined, placed) as Bound<F>;
}

function bindNode(
  field: Field,
  node: YamlNode,
  key: YamlScalar | undefined,
  report: Report,
): unknown {
  switch (field.kind) {
    case 'object':
      if (field.switchable && node.kind === 'scalar' && typeof node.value === 'boolean') {
        return node.value ? { span: node.span } : undefined;
      }
      if (node.kind !== 'mapping')
        return wrongType(
          node,
          report,
          say('Here belongs a mapping with the keys {0}.', names(field.fields)),
        );
      return bindObject(field, node, key, report);
    case 'list':
      if (node.kind !== 'sequence')
        return wrongType(node, report, say('Here belongs a list: each item begins with “- ”.'));
      return bindList(field, node, report);
    case 'map':
      if (node.kind !== 'mapping')
        return wrongType(node, report, say('Here belongs a mapping of names to values.'));
      return bindMap(field, node, report);
    default:
      if (node.kind !== 'scalar')
        return wrongType(node, report, say('Here belongs a single value.'));
      return bindScalar(field, node, report);
  }
}

/** Unknown keys of one mapping that are told; a file with more is of another kind altogether. */
const unknownKeyLimit = 100;

function bindObject(
  field: AnyObjectField,
  node: YamlMapping,
  key: YamlScalar | undefined,
  report: Report,
): unknown {
  const bound: Record<string, unknown> = { span: node.span };
  let present: ReadonlySet<string> | undefined;
  let unknownKeys = 0;
  for (const entry of node.entries) {
    const name = entry.key.source;
    const member = Object.hasOwn(field.fields, name) ? field.fields[name] : undefined;
    if (member === undefined) {
      present ??= new Set(node.entries.map(({ key: { source } }) => source));
      if (++unknownKeys <= unknownKeyLimit) report(unknownKey(entry, present, field.fields));
    } else if (entry.value === undefined) {
      report({
        code: 'missing-value',
        span: entry.key.span,
        severity: 'error',
        message: say('“{0}” has no value.', name),
        fixes: [],
      });
    } else {
      const value = bindNode(member, entry.value, entry.key, report);
      if (value !== undefined) bound[name] = value;
    }
  }
  for (const required of field.required) {
    if (entryOf(node, required) === undefined) report(missingKey(required, node, key));
  }
  return bound;
}

function bindList(field: AnyListField, node: YamlSequence, report: Report): unknown {
  const seen = new Set<string>();
  const items: unknown[] = [];
  for (const item of node.items) {
    const identity = identityOf(field, item);
    if (identity !== undefined) {
      if (seen.has(identity.source)) {
        report({
          code: 'duplicate-item',
          span: identity.span,
          severity: 'error',
          message: say('“{0}” is listed twice.', identity.source),
          fixes: [],
        });
        continue;
      }
      seen.add(identity.source);
    }
    const value = bindNode(field.item, item, undefined, report);
    if (value !== undefined) items.push(value);
  }
  return { span: node.span, items };
}

/** The scalar that tells this list item apart from the others, e.g. the disk target. */
export function identityOf(field: AnyListField, item: YamlNode): YamlScalar | undefined {
  if (field.identity === undefined || item.kind !== 'mapping') return undefined;
  const found = entryOf(item, field.identity)?.value;
  return found?.kind === 'scalar' ? found : undefined;
}

function bindMap(field: AnyMapField, node: YamlMapping, report: Report): unknown {
  const entries = node.entries.flatMap((entry) => {
    if (entry.value === undefined) return [];
    const value = bindNode(field.value, entry.value, entry.key, report);
    return value === undefined
      ? []
      : [{ key: { value: entry.key.source, span: entry.key.span }, value }];
  });
  return { span: node.span, entries };
}

function bindScalar(
  field: Exclude<Field, { kind: 'object' | 'list' | 'map' }>,
  node: YamlScalar,
  report: Report,
): unknown {
  const span = node.span;
  if (node.value === null) {
    report({
      code: 'missing-value',
      span,
      severity: 'error',
      message: say('Here belongs a value.'),
      fixes: [],
    });
    return undefined;
  }
  switch (field.kind) {
    case 'text':
      return bindText(field.pattern, field.example, node, report);
    case 'scalar':
      return { value: node.value, span };
    case 'boolean':
      if (typeof node.value === 'boolean') return { value: node.value, span };
      return bindMisspeltBoolean(node, report);
    case 'integer': {
      const { min, max } = field;
      if (
        typeof node.value !== 'number' ||
        !Number.isInteger(node.value) ||
        node.value < min ||
        node.value > max
      ) {
        return wrongValue(
          span,
          report,
          say('Here belongs a whole number from {0} to {1}.', min, max),
        );
      }
      return { value: node.value, span };
    }
    case 'quantity':
      return bindQuantity(field, node, report);
    case 'enum': {
      if (Object.hasOwn(field.values, node.source)) return { value: node.source, span };
      const candidates = Object.keys(field.values);
      const near = nearestName(node.source, candidates);
      const only = near ?? (candidates.length === 1 ? candidates[0] : undefined);
      report({
        code: 'wrong-value',
        span,
        severity: 'error',
        message: say(
          '“{0}” is not one of the values here: {1}.',
          node.source,
          candidates.join(', '),
        ),
        fixes:
          only === undefined
            ? []
            : [{ title: say('Change to “{0}”', only), edits: [{ span, newText: only }] }],
      });
      return undefined;
    }
  }
}

function bindText(
  pattern: RegExp | undefined,
  example: string | undefined,
  node: YamlScalar,
  report: Report,
): unknown {
  const value = node.quoted ? String(node.value) : node.source;
  if (typeof node.value === 'boolean') {
    return wrongType(
      node,
      report,
      say('Here belongs a text; put “{0}” in quotes if it is one.', value),
    );
  }
  if (value.trim() === '') return wrongValue(node.span, report, say('This text is empty.'));
  if (/[\u0000-\u001f\u007f]/.test(value))
    return wrongValue(node.span, report, say('This text contains a control character.'));
  if (pattern !== undefined && !pattern.test(value)) {
    return wrongValue(
      node.span,
      report,
      say('“{0}” does not have the form of {1}.', value, example ?? pattern.source),
    );
  }
  return { value, span: node.span };
}

/** YAML 1.1 spellings of booleans are texts in YAML 1.2; say so instead of taking them as true. */
function bindMisspeltBoolean(node: YamlScalar, report: Report): undefined {
  const lower = node.source.toLowerCase();
  const meant = ['yes', 'on', 'true', 'y', '1'].includes(lower)
    ? 'true'
    : ['no', 'off', 'false', 'n', '0'].includes(lower)
      ? 'false'
      : undefined;
  report({
    code: 'wrong-value',
    span: node.span,
    severity: 'error',
    message: say('Here belongs true or false.'),
    fixes:
      meant === undefined
        ? []
        : [{ title: say('Change to “{0}”', meant), edits: [{ span: node.span, newText: meant }] }],
  });
  return undefined;
}

function unknownKey(entry: YamlEntry, present: ReadonlySet<string>, shape: Shape): SyntaxProblem {
  const name = entry.key.source;
  const free = Object.keys(shape).filter((key) => !present.has(key));
  const spelling = otherSpellings[name]?.split('.').at(-1);
  const near =
    spelling !== undefined && free.includes(spelling) ? spelling : nearestName(name, free);
  const span = entry.key.span;
  if (near === undefined) {
    return {
      code: 'unknown-key',
      span,
      severity: 'error',
      message: say('There is no key “{0}” here. Keys here: {1}.', name, names(shape)),
      fixes: [],
    };
  }
  return {
    code: 'unknown-key',
    span,
    severity: 'error',
    message: say('There is no key “{0}” here; is “{1}” meant?', name, near),
    fixes: [{ title: say('Rename to “{0}”', near), edits: [{ span, newText: near }] }],
  };
}

/** A key that nothing here is near to may be one of another mapping: then that is named. */
function withPlace(problem: SyntaxProblem, root: AnyObjectField): SyntaxProblem {
  const [name] = problem.message.args;
  if (problem.code !== 'unknown-key' || problem.fixes.length > 0 || typeof name !== 'string')
    return problem;
  const meant = otherSpellings[name] ?? name;
  const places = placesOf(root, '');
  const spelled = places.has(meant) ? meant : nearestName(meant, [...places.keys()]);
  const place = meant.includes('.') ? meant : places.get(spelled ?? '');
  return place === undefined
    ? problem
    : { ...problem, message: say('There is no key “{0}” here; is “{1}” meant?', name, place) };
}

/** By each key of one mapping alone: its path from the top. Lists and maps have keys of their own. */
function placesOf(root: AnyObjectField, path: string): ReadonlyMap<string, string | undefined> {
  const places = new Map<string, string | undefined>();
  for (const [key, field] of Object.entries(root.fields)) {
    const here = `${path}${key}`;
    places.set(key, places.has(key) ? undefined : here);
    if (field.kind !== 'object') continue;
    for (const [inner, place] of placesOf(field, `${here}.`))
      places.set(inner, places.has(inner) ? undefined : place);
  }
  return places;
}

function missingKey(name: string, node: YamlMapping, key: YamlScalar | undefined): SyntaxProblem {
  const first = node.entries[0]?.key.span;
  const span: Span = key?.span ?? first ?? { start: node.span.start, end: node.span.end };
  return {
    code: 'missing-key',
    span,
    severity: 'error',
    message: say('The key “{0}” is missing here.', name),
    fixes: [],
  };
}

function wrongType(node: YamlNode, report: Report, message: Message): undefined {
  report({ code: 'wrong-type', span: node.span, severity: 'error', message, fixes: [] });
  return undefined;
}

function wrongValue(span: Span, report: Report, message: Message): undefined {
  report({ code: 'wrong-value', span, severity: 'error', message, fixes: [] });
  return undefined;
}

function names(shape: Shape): string {
  return Object.keys(shape).join(', ');
}
