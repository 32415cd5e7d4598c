import { say } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Located } from '../text/span.ts';
import { attributeValue } from '../xml/tree.ts';
import type { XmlElement } from '../xml/tree.ts';

/** An attribute's value with its place; absent when the element or the attribute is. */
export function located(
  element: XmlElement | undefined,
  name: string,
): Located<string> | undefined {
  return element === undefined ? undefined : attributeValue(element, name);
}

/** An element's text with its place; absent when it is empty. */
export function locatedText(element: XmlElement | undefined): Located<string> | undefined {
  return element === undefined || element.text.value === '' ? undefined : element.text;
}

export function lowerCase(value: Located<string> | undefined): Located<string> | undefined {
  return value === undefined ? undefined : { value: value.value.toLowerCase(), span: value.span };
}

/** The text as a whole number; a problem on its place, and nothing, when it is none or beyond reason. */
export function wholeNumber(
  from: Located<string>,
  name: string,
  problems: SyntaxProblem[],
): Located<number> | undefined {
  if (/^\d{1,15}$/.test(from.value)) return { value: Number(from.value), span: from.span };
  problems.push({
    code: 'not-a-number',
    span: from.span,
    severity: 'error',
    message: /^\d+$/.test(from.value)
      ? say('“{1}” is too large for <{0}>.', name, from.value)
      : say('<{0}> holds a whole number; “{1}” is none.', name, from.value),
    fixes: [],
  });
  return undefined;
}
