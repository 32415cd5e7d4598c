/**
 * A user-facing sentence as a value: the English text is the key of the l10n tables, `{0}`, `{1}`…
 * are its arguments. Core never renders one; the edges do, in the user's language. A message is
 * never built by joining translated pieces.
 */
export interface Message {
  readonly text: string;
  readonly args: readonly Argument[];
}

/** A name or an amount is the same in every language; a message is put into words of its own. */
export type Argument = string | number | Message;

/** Makes a message. `text` must be a literal, so that the l10n check can find it in the source. */
export function say(text: string, ...args: Argument[]): Message {
  return { text, args };
}

/** Looks an English text up in a language's table; returns it unchanged when there is no entry. */
export type Translate = (text: string) => string;

export const english: Translate = (text) => text;

/** The message as text in the translator's language. A missing argument stays visible as `{n}`. */
export function render(message: Message, translate: Translate = english): string {
  return translate(message.text).replace(/\{(\d+)\}/g, (whole, index: string) => {
    const value = message.args[Number(index)];
    if (typeof value === 'object') return render(value, translate);
    return value === undefined ? whole : String(value);
  });
}
