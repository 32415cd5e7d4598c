import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import { nearestName } from '../text/nearest.ts';
import type { Span } from '../text/span.ts';
import type { XmlElement } from '../xml/tree.ts';
import type { Fault } from './faults.ts';
import { trimmed } from './matcher.ts';
import type { ExpandedName } from './pattern.ts';
import { valuesOf } from './values.ts';
import type { Values } from './values.ts';

type Fixes = SyntaxProblem['fixes'];

/** Names and values that a message lists; more would hide the rest of it. */
const listed = 12;
/** Characters of a value that a message repeats. */
const shownValue = 60;

/**
 * Puts a fault into words. A warning: libvirt itself asks its grammar only when a definition is
 * edited or validated, and otherwise passes over what it does not know.
 * @param grammar name of the grammar, e.g. `libvirt 11.3.0`
 */
export function problemOf(fault: Fault, grammar: string): SyntaxProblem {
  const { code, message, fixes } = described(fault, grammar);
  return { code, span: fault.span, message, severity: 'warning', fixes };
}

interface Description {
  readonly code: string;
  readonly message: Message;
  readonly fixes: Fixes;
}

function described(fault: Fault, grammar: string): Description {
  switch (fault.kind) {
    case 'attribute-not-allowed':
      return unknownAttribute(fault, grammar);
    case 'attribute-value': {
      const { attribute, accepting, onlySpace, span } = fault;
      if (onlySpace) {
        const { value, valueSpan } = attribute;
        return spaceAround(attribute.name, spaceEdits(value, valueSpan), grammar);
      }
      const values = valuesOf(accepting.map(({ of }) => of));
      return wrongValue({ name: attribute.name, value: attribute.value, span }, values, grammar);
    }
    case 'text-value': {
      const { element, content, onlySpace, span } = fault;
      if (onlySpace) {
        const { rawText, startTagSpan, endTagSpan } = element;
        const within = { start: startTagSpan.end, end: endTagSpan?.start ?? startTagSpan.end };
        return spaceAround(`<${element.name}>`, spaceEdits(rawText, within), grammar);
      }
      const values = valuesOf([content]);
      const about = { name: `<${element.name}>`, value: element.text.value, span };
      return wrongValue(about, values, grammar);
    }
    case 'text-not-allowed':
      return {
        code: 'grammar-element',
        message: say('<{0}> holds no text ({1}).', fault.element.name, grammar),
        fixes: [],
      };
    case 'attribute-missing':
      return {
        code: 'grammar-missing',
        message: fault.oneOf
          ? say(
              '<{0}> lacks one of the attributes {1} ({2}).',
              fault.element.name,
              list(fault.names),
              grammar,
            )
          : say(
              '<{0}> lacks the attribute {1} ({2}).',
              fault.element.name,
              list(fault.names),
              grammar,
            ),
        fixes: [],
      };
    case 'element-not-allowed':
      return unknownElement(fault, grammar);
    case 'element-missing':
      return {
        code: 'grammar-missing',
        message: fault.oneOf
          ? say(
              '<{0}> lacks one of the elements {1} ({2}).',
              fault.element.name,
              list(fault.names),
              grammar,
            )
          : say(
              '<{0}> lacks the element {1} ({2}).',
              fault.element.name,
              list(fault.names),
              grammar,
            ),
        fixes: [],
      };
  }
}

function unknownAttribute(
  fault: Extract<Fault, { kind: 'attribute-not-allowed' }>,
  grammar: string,
): Description {
  const { element, attribute, allowed, elsewhere, span } = fault;
  const code = 'grammar-attribute';
  if (elsewhere)
    return {
      code,
      message: say(
        'The attribute {1} does not go with what else <{0}> says ({2}).',
        element.name,
        attribute.name,
        grammar,
      ),
      fixes: [],
    };
  const near = nearestName(attribute.name, allowed);
  if (near !== undefined)
    return {
      code,
      message: say(
        '<{0}> has no attribute {1}; is “{2}” meant? ({3})',
        element.name,
        attribute.name,
        near,
        grammar,
      ),
      fixes: [{ title: say('Change to “{0}”', near), edits: [{ span, newText: near }] }],
    };
  return {
    code,
    message:
      allowed.length === 0
        ? say('<{0}> has no attribute {1} ({2}).', element.name, attribute.name, grammar)
        : say(
            '<{0}> has no attribute {1}; it can have {2} ({3}).',
            element.name,
            attribute.name,
            list(allowed),
            grammar,
          ),
    fixes: [],
  };
}

function unknownElement(
  fault: Extract<Fault, { kind: 'element-not-allowed' }>,
  grammar: string,
): Description {
  const { element, parent, allowed, elsewhere } = fault;
  const code = 'grammar-element';
  const within = parent?.name ?? '';
  if (parent === undefined)
    return {
      code,
      message: say(
        'The root element is {0}, not <{1}> ({2}).',
        list(allowed),
        element.name,
        grammar,
      ),
      fixes: [],
    };
  if (elsewhere)
    return {
      code,
      message: say(
        '<{1}> cannot stand here: <{0}> has one already, or it does not go with what else <{0}> says ({2}).',
        within,
        element.name,
        grammar,
      ),
      fixes: [],
    };
  const near = nearestName(element.name, allowed);
  if (near !== undefined)
    return {
      code,
      message: say(
        '<{0}> has no element <{1}>; is <{2}> meant? ({3})',
        within,
        element.name,
        near,
        grammar,
      ),
      fixes: [{ title: say('Change to “{0}”', near), edits: renamed(element, near) }],
    };
  return {
    code,
    message:
      allowed.length === 0
        ? say('<{0}> has no element <{1}> ({2}).', within, element.name, grammar)
        : say(
            '<{0}> has no element <{1}>; here it can have {2} ({3}).',
            within,
            element.name,
            list(allowed),
            grammar,
          ),
    fixes: [],
  };
}

/** Start tag and end tag together. */
function renamed(element: XmlElement, name: string): Fixes[number]['edits'] {
  const { nameSpan, endTagSpan } = element;
  const start = [{ span: nameSpan, newText: name }];
  if (endTagSpan === undefined) return start;
  const at = endTagSpan.start + '</'.length;
  return [...start, { span: { start: at, end: at + element.name.length }, newText: name }];
}

function spaceAround(name: string, edits: Fixes[number]['edits'], grammar: string): Description {
  return {
    code: 'grammar-value',
    message: say('White space cannot stand around the value of {0} ({1}).', name, grammar),
    fixes: edits.length === 0 ? [] : [{ title: say('Remove it'), edits }],
  };
}

/**
 * Takes the white space off both ends of `value`, which is written in `within`. Nothing when it is
 * not written as it reads, but by references or with comments between.
 */
function spaceEdits(value: string, within: Span): Fixes[number]['edits'] {
  const plain = trimmed(value);
  const before = value.indexOf(plain);
  const after = value.length - before - plain.length;
  if (within.end - within.start !== value.length) return [];
  return [
    { span: { start: within.start, end: within.start + before }, newText: '' },
    { span: { start: within.end - after, end: within.end }, newText: '' },
  ].filter(({ span }) => span.start < span.end);
}

interface Written {
  readonly name: string;
  readonly value: string;
  readonly span: { readonly start: number; readonly end: number };
}

function wrongValue(written: Written, values: Values, grammar: string): Description {
  const { name, span } = written;
  const value = shortened(written.value);
  const near = value === '' ? undefined : nearestName(written.value, values.listed);
  if (near !== undefined)
    return {
      code: 'grammar-value',
      message: say('“{0}” is no value of {1}; is “{2}” meant? ({3})', value, name, near, grammar),
      fixes: [{ title: say('Change to “{0}”', near), edits: [{ span, newText: near }] }],
    };
  return { code: 'grammar-value', message: valueMessage(written, values, grammar), fixes: [] };
}

function valueMessage(
  { name, value: written }: Written,
  { listed: words, forms, range }: Values,
  grammar: string,
): Message {
  const value = shortened(written);
  if (words.length > 0)
    return say('“{0}” is no value of {1}; it can be {2} ({3}).', value, name, list(words), grammar);
  if (range !== undefined)
    return say(
      '“{0}” is no value of {1}; it is a whole number from {2} to {3} ({4}).',
      value,
      name,
      range.least,
      range.most,
      grammar,
    );
  return forms.length > 0
    ? say(
        '“{0}” is no value of {1}; it has the form {2} ({3}).',
        value,
        name,
        forms.join(' | '),
        grammar,
      )
    : say('“{0}” is no value of {1} ({2}).', value, name, grammar);
}

/** A text as long as a file would hide what is said of it. */
function shortened(value: string): string {
  const line = value.replace(/[\t\n\r ]+/g, ' ');
  return line.length <= shownValue ? line : `${line.slice(0, shownValue)}…`;
}

function list(names: readonly ExpandedName[]): string {
  const plain = names.map((name) => name.replace(/^\{.*\}/, ''));
  return plain.length <= listed
    ? plain.join(', ')
    : `${plain.slice(0, listed).join(', ')}, … (${plain.length.toString()})`;
}
