import type { Message } from '../../messages.ts';
import type { CompletionItem } from '../completion-item.ts';
import type { ServiceContext } from '../context.ts';
import type { DomainXml } from '../parse-cache.ts';
import type { XmlCursor } from './cursor.ts';
import type { ExpectedName, Vocabulary } from './vocabulary.ts';

/** What a completion in domain XML is computed from. */
export interface CompletionRequest {
  readonly context: ServiceContext;
  readonly xml: DomainXml;
  readonly vocabulary: Vocabulary;
  readonly offset: number;
  /** The quote that this document uses. */
  readonly quote: string;
  readonly lineEnd: string;
}

export type CursorAt<K extends XmlCursor['at']> = Extract<XmlCursor, { at: K }>;

/** An item that is not more than it is given. */
export function completionItem(
  given: Pick<CompletionItem, 'label' | 'kind' | 'span' | 'newText' | 'order' | 'documentation'> &
    Partial<CompletionItem>,
): CompletionItem {
  return { snippet: false, preselect: false, detail: undefined, continues: false, ...given };
}

/** Required names first, then in the order of the vocabulary. */
export function rank({ required }: ExpectedName, index: number): string {
  return `${required ? '1' : '2'}${String(index).padStart(3, '0')}`;
}

/** A value that is proposed, with a note where it is known from. */
export interface Proposal {
  readonly text: string;
  readonly detail: Message | undefined;
}
