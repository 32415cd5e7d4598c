import { FoldingRangeKind } from 'vscode-languageserver/node';
import type { SelectionRange } from 'vscode-languageserver/node';
import { foldingRanges } from '../core/service/folding.ts';
import { formatDocument } from '../core/service/formatting.ts';
import { selectionSpans } from '../core/service/selection.ts';
import { inDocument } from './answer.ts';
import type { Answer } from './answer.ts';
import { toRange, toSpan, toTextEdit } from './convert.ts';
import type { Conversion } from './convert.ts';
import type { Session } from './session.ts';

/** Answers what an editor asks about a document's form: folding, selection, formatting. */
export function registerEditing({ connection }: Session, answer: Answer): void {
  connection.onFoldingRanges(
    answer('folding', inDocument, (_params, { uri, context, conversion }) =>
      foldingRanges(context).map(({ span, kind }) => {
        const { start, end } = toRange({ uri, span }, conversion);
        return {
          startLine: start.line,
          endLine: end.line,
          ...(kind === 'comment' ? { kind: FoldingRangeKind.Comment } : {}),
        };
      }),
    ),
  );
  connection.onSelectionRanges(
    answer('selection', inDocument, ({ positions }, { uri, context, conversion }) =>
      positions.map((position) => {
        const lines = conversion.lines(uri);
        const spans = selectionSpans(context, lines.offset(position));
        return (
          selectionRange(uri, spans, conversion) ?? { range: { start: position, end: position } }
        );
      }),
    ),
  );
  connection.onDocumentFormatting(
    answer('formatting', inDocument, (_params, { context, conversion }) =>
      formatDocument(context).map((edit) => toTextEdit(edit, conversion)),
    ),
  );
  connection.onDocumentRangeFormatting(
    answer('formatting', inDocument, ({ range }, { uri, context, conversion }) =>
      formatDocument(context, toSpan(uri, range, conversion)).map((edit) =>
        toTextEdit(edit, conversion),
      ),
    ),
  );
}

/** Spans, innermost first, as the protocol nests them. */
function selectionRange(
  uri: string,
  spans: readonly { readonly start: number; readonly end: number }[],
  conversion: Conversion,
): SelectionRange | undefined {
  let outer: SelectionRange | undefined;
  for (const span of spans.toReversed()) {
    const range = toRange({ uri, span }, conversion);
    outer = outer === undefined ? { range } : { range, parent: outer };
  }
  return outer;
}
