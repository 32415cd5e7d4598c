import {
  LSPErrorCodes,
  ResponseError,
  SemanticTokensBuilder,
  SymbolKind,
} from 'vscode-languageserver/node';
import type { SemanticTokens } from 'vscode-languageserver/node';
import { render } from '../core/messages.ts';
import { references } from '../core/service/references.ts';
import { renamable, rename } from '../core/service/rename.ts';
import { tokenTypes } from '../core/service/semantic-legend.ts';
import { semanticTokens } from '../core/service/semantic-tokens.ts';
import type { SemanticToken } from '../core/service/semantic-tokens.ts';
import { workspaceSymbols } from '../core/service/workspace-symbols.ts';
import { cancelled, inDocument, nextTurn } from './answer.ts';
import type { Answer } from './answer.ts';
import { toRange, toSpan, toWorkspaceEdit } from './convert.ts';
import type { Conversion } from './convert.ts';
import type { Session } from './session.ts';

/** Answers questions about names: where else they stand, their renaming, what they lead to. */
export function registerNaming(session: Session, answer: Answer): void {
  const { connection, workspace, cache } = session;
  connection.onReferences(
    answer('references', inDocument, ({ position, context: wanted }, asked) => {
      const { uri, context, conversion } = asked;
      return references(context, conversion.lines(uri).offset(position), {
        descriptors: workspace.allDescriptors(),
        declarations: wanted.includeDeclaration,
      }).map((found) => ({ uri: found.uri, range: toRange(found, conversion) }));
    }),
  );
  connection.onPrepareRename(
    answer('rename', inDocument, ({ position }, { uri, context, conversion }) => {
      const offset = conversion.lines(uri).offset(position);
      const found = renamable(context, offset, workspace.allDescriptors());
      if (found === undefined) return null;
      return { range: toRange({ uri, span: found.span }, conversion), placeholder: found.name };
    }),
  );
  connection.onRenameRequest(
    answer('rename', inDocument, ({ position, newName: name }, { uri, context, conversion }) => {
      const offset = conversion.lines(uri).offset(position);
      const done = rename(context, { offset, name }, workspace.allDescriptors());
      if (done === undefined) return null;
      if ('edits' in done) return toWorkspaceEdit(done.edits, conversion);
      throw new ResponseError(
        LSPErrorCodes.RequestFailed,
        render(done.refused, conversion.translate),
      );
    }),
  );
  connection.onWorkspaceSymbol(async ({ query }, token) => {
    await nextTurn();
    if (token.isCancellationRequested) throw cancelled();
    const conversion = session.conversion();
    return workspaceSymbols(query, workspace.allDescriptors(), { workspace, cache }).map(
      ({ name, kind, container, uri, span }) => ({
        name,
        kind: kind === 'host' ? SymbolKind.Namespace : SymbolKind.Class,
        location: { uri, range: toRange({ uri, span }, conversion) },
        ...(container === undefined ? {} : { containerName: container }),
      }),
    );
  });
  connection.languages.semanticTokens.on(
    answer('semantic tokens', inDocument, (_params, { uri, context, conversion }) =>
      encoded(uri, semanticTokens(context), conversion),
    ),
  );
  connection.languages.semanticTokens.onRange(
    answer('semantic tokens', inDocument, ({ range }, { uri, context, conversion }) => {
      const { start, end } = toSpan(uri, range, conversion);
      const tokens = semanticTokens(context).filter(
        ({ span }) => span.end >= start && span.start <= end,
      );
      return encoded(uri, tokens, conversion);
    }),
  );
}

function encoded(
  uri: string,
  tokens: readonly SemanticToken[],
  conversion: Conversion,
): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  for (const { span, type, declaration } of tokens) {
    const { start, end } = toRange({ uri, span }, conversion);
    if (start.line !== end.line) continue;
    const length = end.character - start.character;
    builder.push(
      start.line,
      start.character,
      length,
      tokenTypes.indexOf(type),
      declaration ? 1 : 0,
    );
  }
  return builder.build();
}
