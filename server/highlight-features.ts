import { documentHighlights, linkedRanges } from '../core/service/highlights.ts';
import { inDocument } from './answer.ts';
import type { Answer } from './answer.ts';
import { toRange } from './convert.ts';
import type { Session } from './session.ts';

/** Answers what belongs to the place of the cursor: the other tag, the same thing elsewhere. */
export function registerHighlights({ connection }: Session, answer: Answer): void {
  connection.onDocumentHighlight(
    answer('highlights', inDocument, ({ position }, { uri, context, conversion }) =>
      documentHighlights(context, conversion.lines(uri).offset(position)).map((span) => ({
        range: toRange({ uri, span }, conversion),
      })),
    ),
  );
  connection.languages.onLinkedEditingRange(
    answer('linked editing', inDocument, ({ position }, { uri, context, conversion }) => {
      const ranges = linkedRanges(context, conversion.lines(uri).offset(position)).map((span) =>
        toRange({ uri, span }, conversion),
      );
      return ranges.length === 0 ? null : { ranges };
    }),
  );
}
