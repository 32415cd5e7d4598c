import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Span } from '../text/span.ts';
import { keyCompletions } from './complete-keys.ts';
import { itemCompletions } from './complete-items.ts';
import { valueCompletions } from './complete-values.ts';
import { documentOf, migrationOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { fieldAt, tableFor } from './field-table.ts';
import type { Surroundings } from './surroundings.ts';
import { yamlCursor } from './yaml-cursor.ts';
import type { YamlCursor } from './yaml-cursor.ts';
import type { Field } from '../descriptor/field-types.ts';

export type CompletionKind = 'key' | 'value' | 'item' | 'host' | 'domain' | 'disk' | 'rule';

export interface CompletionItem {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly span: Span;
  readonly newText: string;
  /** `newText` is in the snippet syntax of the protocol. */
  readonly snippet: boolean;
  /** Items are shown in the order of this text. */
  readonly order: string;
  readonly preselect: boolean;
  /** A short note beside the label; a text is shown as it is. */
  readonly detail: Message | string | undefined;
  readonly documentation: readonly Message[];
  /** Ask for completions again once it is inserted. */
  readonly continues: boolean;
}

/** What a completion is computed from. */
export interface CompletionPlace {
  readonly context: ServiceContext;
  readonly cursor: YamlCursor;
  /** Field of the mapping (at a key) or of the value. */
  readonly field: Field;
  /** The migration around it, when the file is one. */
  readonly around: Surroundings | undefined;
  /**
   * The line end with the columns that a further line needs beyond the white space its own line
   * begins with, which editors add by themselves: a dash before the cursor is not white space.
   */
  readonly newline: string;
}

/** What can be written at an offset of a descriptor, also in one that does not parse yet. */
export function complete(context: ServiceContext, offset: number): readonly CompletionItem[] {
  const document = documentOf(context);
  if (document?.kind !== 'descriptor' || document.text.length > completionLimit) return [];
  const { text } = document;
  const cursor = yamlCursor(text, offset);
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

/** Text that a snippet inserts as it is. */
export function literal(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

export function missingNote(required: boolean): Message | undefined {
  return required ? say('required') : undefined;
}
