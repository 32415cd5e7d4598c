import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import { editDescriptor } from '../descriptor/edit.ts';
import { say } from '../messages.ts';
import type { Fix, Problem } from '../problems.ts';
import type { XmlElement } from '../xml/tree.ts';
import { allRules } from './all.ts';
import { ignoreWord, lineAround } from './ignore-comments.ts';
import type { LinkedXml } from './ignore.ts';

/** Stands where the reason goes; a comment that still has it ignores nothing. */
const placeholder = '<why>';

/**
 * Ways to live with a rule's finding instead of mending it: a comment at its place, which then asks
 * for the reason, and levels for the whole file. None of them is ever applied without being chosen.
 * `descriptor` is absent where a finding is looked at in domain XML: then only the comment is there.
 */
export function ignoreFixes(
  problem: Problem,
  descriptor: MigrationDescriptor | undefined,
  domainXml: LinkedXml | undefined,
): readonly Fix[] {
  const rule = allRules.find(({ id }) => id === problem.code);
  if (rule === undefined) return [];
  const comment = commentFix(problem, descriptor, domainXml);
  const levels = (['warning', 'info', 'off'] as const).filter(
    (level) => level === 'off' || isMilder(level, rule.severity),
  );
  const own = levels.flatMap((level): readonly Fix[] => {
    if (descriptor === undefined) return [];
    const edits = editDescriptor(descriptor, { set: [['rules', rule.id], level] });
    const title =
      level === 'off'
        ? say('Switch “{0}” off in this file', rule.id)
        : say('Make “{0}” a “{1}” in this file', rule.id, level);
    return edits.length === 0 ? [] : [{ title, edits }];
  });
  return [...comment, ...own];
}

function isMilder(level: 'warning' | 'info', own: 'error' | 'warning' | 'info'): boolean {
  return own === 'error' || (own === 'warning' && level === 'info');
}

/** The comment on a line of its own above the line, or the element, in which the finding begins. */
function commentFix(
  { uri, span, code }: Problem,
  descriptor: MigrationDescriptor | undefined,
  xml: LinkedXml | undefined,
): readonly Fix[] {
  const title = say('Ignore “{0}” here and write why', code);
  if (uri === descriptor?.uri) {
    const { text } = descriptor;
    const start = lineAround(text, span.start).start;
    const newText = `${indentAt(text, start)}# ${ignoreWord} ${code}: ${placeholder}`;
    return [{ title, edits: [insertLine(uri, text, { start, newText })] }];
  }
  if (uri !== xml?.uri || xml.document.root === undefined) return [];
  const start = startOfOwnLine(xml.document.root, span.start, xml.text);
  if (start === undefined) return [];
  const newText = `${indentAt(xml.text, start)}<!-- ${ignoreWord} ${code}: ${placeholder} -->`;
  return [{ title, edits: [insertLine(uri, xml.text, { start, newText })] }];
}

function insertLine(
  uri: string,
  text: string,
  { start, newText }: { readonly start: number; readonly newText: string },
): Fix['edits'][number] {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return { uri, span: { start, end: start }, newText: `${newText}${newline}` };
}

function indentAt(text: string, lineStart: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart, lineAround(text, lineStart).end))?.[0] ?? '';
}

/** Start of the line of the innermost element around an offset that has nothing before it there. */
function startOfOwnLine(element: XmlElement, offset: number, text: string): number | undefined {
  const inner = element.children.find(({ span }) => span.start <= offset && offset < span.end);
  const deeper = inner === undefined ? undefined : startOfOwnLine(inner, offset, text);
  if (deeper !== undefined) return deeper;
  const { start } = lineAround(text, element.span.start);
  return text.slice(start, element.span.start).trim() === '' ? start : undefined;
}
