import { ignoreCompletions } from './complete-ignore.ts';
import { keyCompletions } from './complete-keys.ts';
import { itemCompletions } from './complete-items.ts';
import { valueCompletions } from './complete-values.ts';
import type { CompletionItem, CompletionPlace } from './completion-item.ts';
import { completionTriggers } from './completion-triggers.ts';
import { documentOf, migrationOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { completeDomainXml } from './domain-xml/complete.ts';
import { vocabularyOf } from './domain-xml/vocabulary-of.ts';
import { fieldAt, tableFor } from './field-table.ts';
import { yamlCursor } from './yaml-cursor.ts';

/**
 * What can be written at an offset of a descriptor or of domain XML, also in one that does not parse
 * yet. `trigger` is the character whose typing asked for it; undefined when the user did.
 */
export function complete(
  context: ServiceContext,
  offset: number,
  trigger?: string,
): readonly CompletionItem[] {
  const document = documentOf(context);
  if (document === undefined || document.text.length > completionLimit) return [];
  const triggers: readonly string[] = completionTriggers[document.kind];
  if (trigger !== undefined && !triggers.includes(trigger)) return [];
  const { text, kind } = document;
  if (kind === 'domain-xml') {
    const xml = context.cache.domainXml(context.uri, text);
    const vocabulary = vocabularyOf(context.workspace.grammar?.());
    return completeDomainXml({ context, xml, offset, trigger, vocabulary });
  }
  const inComment = ignoreCompletions(text, offset);
  const cursor = yamlCursor(text, offset);
  if (cursor === undefined && inComment !== undefined) return inComment;
  if (cursor === undefined) return [];
  const table = tableFor(cursor.scopes[0]?.get('kind'));
  const field = fieldAt(table, cursor.path);
  if (field === undefined) return [];
  const place: CompletionPlace = {
    context,
    cursor,
    field,
    around: migrationOf(context),
    newline: (text.includes('\r\n') ? '\r\n' : '\n') + ' '.repeat(hang(text, cursor.span.start)),
  };
  if (cursor.at === 'value') return valueCompletions(place);
  return [...itemCompletions(place), ...keyCompletions(place)];
}

/** Columns between a line's leading white space and a place in it. */
function hang(text: string, offset: number): number {
  const before = text.slice(offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1, offset);
  return before.trimStart().length;
}

/** UTF-16 code units above which a file is no longer one that somebody types. */
const completionLimit = 2 * 1024 * 1024;
