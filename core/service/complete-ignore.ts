import { allRules } from '../rules/all.ts';
import { ignoreWord } from '../rules/ignore-comments.ts';
import { say } from '../messages.ts';
import type { CompletionItem } from './completion-item.ts';

/**
 * In a comment: the word that ignores findings, and behind it the ids of rules. Undefined outside of
 * comments; what stands behind the colon is the reason, which nobody can propose.
 */
export function ignoreCompletions(
  text: string,
  offset: number,
): readonly CompletionItem[] | undefined {
  const line = text.slice(offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1, offset);
  const comment = /(?:^|[ \t])#[ \t]*([\w-]*)(.*)$/.exec(line);
  if (comment === null) return undefined;
  const [, word = '', rest = ''] = comment;
  if (rest === '') return word !== '' && ignoreWord.startsWith(word) ? [keyword(offset, word)] : [];
  if (word !== ignoreWord || rest.includes(':')) return [];
  const typed = /[\w-]*$/.exec(rest)?.[0] ?? '';
  const behind = /^[\w-]*/.exec(text.slice(offset))?.[0].length ?? 0;
  const named = new Set(rest.slice(0, rest.length - typed.length).match(/[\w-]+/g) ?? []);
  return allRules
    .filter(({ id }) => !named.has(id))
    .map(({ id, summary, severity }) => ({
      label: id,
      kind: 'rule',
      span: { start: offset - typed.length, end: offset + behind },
      newText: id,
      snippet: false,
      order: id,
      preselect: false,
      detail: severity,
      documentation: [summary],
      continues: false,
    }));
}

function keyword(offset: number, word: string): CompletionItem {
  return {
    label: ignoreWord,
    kind: 'key',
    span: { start: offset - word.length, end: offset },
    newText: `${ignoreWord} `,
    snippet: false,
    order: '0',
    preselect: true,
    detail: undefined,
    documentation: [
      say(
        'Ignores findings of rules on this line, or in the item below: the rules, a colon and the reason.',
      ),
    ],
    continues: true,
  };
}
