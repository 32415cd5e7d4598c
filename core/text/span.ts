/** A half-open range of UTF-16 code units in one text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value together with the place in its text that says so. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
}

/** A place in a named document. */
export interface Location {
  readonly uri: string;
  readonly span: Span;
}

export function contains(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}
