import type { Message } from './messages.ts';
import type { Location, Span } from './text/span.ts';

/** How bad a finding is. Only `error` makes a check fail and a launch refuse. */
export type Severity = 'error' | 'warning' | 'info' | 'hint';

export interface TextEdit {
  readonly uri: string;
  readonly span: Span;
  readonly newText: string;
}

/** A repair as data: applying all edits mends the problem it hangs on. */
export interface Fix {
  readonly title: Message;
  readonly edits: readonly TextEdit[];
}

export interface Related extends Location {
  readonly message: Message;
}

/** What a finding rests on: which host said it, by which command, when (epoch milliseconds). */
export interface Evidence {
  readonly fact: string;
  readonly host: string | undefined;
  readonly from: string;
  readonly at: number | undefined;
}

/** One finding at one place. `code` is a rule id or one of the syntax codes and never changes. */
export interface Problem extends Location {
  readonly code: string;
  readonly severity: Severity;
  readonly message: Message;
  readonly related: readonly Related[];
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

/** A problem before it is placed in a document, as the parsers produce it. */
export interface SyntaxProblem {
  readonly code: string;
  readonly span: Span;
  readonly message: Message;
  readonly severity: Severity;
  readonly fixes: readonly { title: Message; edits: readonly { span: Span; newText: string }[] }[];
}
