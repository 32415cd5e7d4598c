import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import { nearestName } from '../text/nearest.ts';
import type { XmlElement } from '../xml/tree.ts';
import type { Fault } from './faults.ts';
import { textOf } from './matcher.ts';
import type { ExpandedName } from './pattern.ts';
import { valuesOf } from './values.ts';
import type { Values } from './values.ts';

type Fixes = SyntaxProblem['fixes'];

/** Names and values that a message lists; more would hide the rest of it. */
const listed = 12;

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
      const { attribute, accepting, span } = fault;
      const values = valuesOf(accepting.map(({ of }) => of));
      return wrongValue({ name: attribute.name, value: attribute.value, span }, values, grammar);
    }
    case 'text-value': {
      const { element, content, span } = fault;
      const values = valuesOf([content]);
      const about = { name: `<${element.name}>`, value: textOf(element), span };
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

interface Written {
  readonly name: string;
  readonly value: string;
  readonly span: { readonly start: number; readonly end: number };
}

function wrongValue(written: Written, values: Values, grammar: string): Description {
  const { name, value, span } = written;
  const near = value === '' ? undefined : nearestName(value, values.listed);
  if (near !== undefined)
    return {
      code: 'grammar-value',
      message: say('“{0}” is no value of {1}; is “{2}” meant? ({3})', value, name, near, grammar),
      fixes: [{ title: say('Change to “{0}”', near), edits: [{ span, newText: near }] }],
    };
  return { code: 'grammar-value', message: valueMessage(written, values, grammar), fixes: [] };
}

function valueMessage(
  { name, value }: Written,
  { listed: words, forms, range }: Values,
  grammar: string,
): Message {
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

function list(names: readonly ExpandedName[]): string {
  const plain = names.map((name) => name.replace(/^\{.*\}/, ''));
  return plain.length <= listed
    ? plain.join(', ')
    : `${plain.slice(0, listed).join(', ')}, … (${plain.length.toString()})`;
}
