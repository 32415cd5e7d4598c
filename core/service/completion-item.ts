import type { Field } from '../descriptor/field-types.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Span } from '../text/span.ts';
import type { ServiceContext } from './context.ts';
import type { Surroundings } from './surroundings.ts';
import type { YamlCursor } from './yaml-cursor.ts';

export type CompletionKind =
  'key' | 'value' | 'item' | 'element' | 'host' | 'domain' | 'disk' | 'rule';

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

/** Text that a snippet inserts as it is. */
export function literal(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

export function missingNote(required: boolean): Message | undefined {
  return required ? say('required') : undefined;
}
