import { MarkupKind } from 'vscode-languageserver/node';
import type { MarkupContent } from 'vscode-languageserver/node';
import { render, say } from '../core/messages.ts';
import type { Message, Translate } from '../core/messages.ts';

/**
 * Messages as Markdown, a paragraph each. Arguments come from files and hosts: they are shown as
 * code, so that nothing in them is taken for Markdown. `reference` is the address of libvirt's own
 * page, made by us.
 */
export function toMarkdown(
  lines: readonly Message[],
  translate: Translate,
  reference?: string,
): MarkupContent {
  const paragraphs = lines.map((line) => paragraph(line, translate));
  if (reference !== undefined) {
    paragraphs.push(`[${render(say('In libvirt’s documentation'), translate)}](${reference})`);
  }
  return { kind: MarkupKind.Markdown, value: paragraphs.join('\n\n') };
}

function paragraph({ text, args }: Message, translate: Translate): string {
  return translate(text)
    .split(/(\{\d+\})/)
    .map((part) => {
      const index = /^\{(\d+)\}$/.exec(part)?.[1];
      if (index === undefined) return escaped(part);
      const value = args[Number(index)];
      if (typeof value === 'object') return paragraph(value, translate);
      return value === undefined ? part : code(String(value));
    })
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#+!|~&]/g, '\\$&');
}

/** A code span whose fence is longer than any run of backticks inside. */
function code(text: string): string {
  const flat = text.replace(/[\r\n]+/g, ' ');
  if (flat.trim() === '') return '';
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${flat}${pad}${fence}`;
}
