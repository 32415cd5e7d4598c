import {
  CodeActionKind,
  DocumentDiagnosticReportKind,
  SymbolKind,
} from 'vscode-languageserver/node';
import type { DocumentSymbol } from 'vscode-languageserver/node';
import { render } from '../core/messages.ts';
import { ignoreFixes } from '../core/rules/ignore-fixes.ts';
import { codeActions, fixAll } from '../core/service/code-actions.ts';
import { codeLenses } from '../core/service/code-lenses.ts';
import { complete } from '../core/service/completion.ts';
import { definition } from '../core/service/definition.ts';
import { domainXmlOf, migrationOf } from '../core/service/context.ts';
import { documentLinks } from '../core/service/document-links.ts';
import { hover } from '../core/service/hover.ts';
import { inlayHints } from '../core/service/inlay-hints.ts';
import { checkMethod, modelMethod } from '../core/service/protocol.ts';
import type { DocumentParams } from '../core/service/protocol.ts';
import { documentSymbols } from '../core/service/symbols.ts';
import type { SymbolNode } from '../core/service/symbols.ts';
import { answering, inDocument } from './answer.ts';
import { checkResponse, modelResponse } from './check.ts';
import { toCompletionItem } from './completion-item.ts';
import { toDiagnostic, toRange, toSpan, toWorkspaceEdit } from './convert.ts';
import type { Conversion } from './convert.ts';
import { toDiagnostics } from './publisher.ts';
import { registerEditing } from './editing-features.ts';
import { registerHighlights } from './highlight-features.ts';
import { registerNaming } from './naming-features.ts';
import { toMarkdown } from './markdown.ts';
import type { Session } from './session.ts';

/** Answers the requests of the protocol; every handler is guarded and can be cancelled. */
export function registerFeatures(session: Session): void {
  const { connection, diagnoses } = session;
  const answer = answering(session);
  const snippets = (): boolean =>
    session.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;

  connection.languages.diagnostics.on(
    answer('diagnostics', inDocument, (params, { uri, conversion }) => {
      const { id, problems } = diagnoses.report(uri);
      return params.previousResultId === id
        ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId: id }
        : {
            kind: DocumentDiagnosticReportKind.Full,
            resultId: id,
            items: toDiagnostics(problems, conversion),
          };
    }),
  );
  connection.languages.diagnostics.onWorkspace((params, token, _progress, results) =>
    session.pullWorkspace(params, token, results),
  );
  connection.onCompletion(
    answer('completion', inDocument, (params, { uri, context, conversion }) => {
      const offset = conversion.lines(uri).offset(params.position);
      return complete(context, offset, params.context?.triggerCharacter).map((item) =>
        toCompletionItem(item, uri, conversion, snippets()),
      );
    }),
  );
  connection.onHover(
    answer('hover', inDocument, ({ position }, { uri, context, conversion }) => {
      const found = hover(context, conversion.lines(uri).offset(position));
      if (found === undefined) return null;
      return {
        range: toRange({ uri, span: found.span }, conversion),
        contents: toMarkdown(found.lines, conversion.translate, found.reference),
      };
    }),
  );
  connection.onCodeAction(
    answer('code actions', inDocument, ({ range, context }, asked) => {
      const { uri, conversion } = asked;
      const problems = diagnoses.problemsIn(uri);
      const around = migrationOf(asked.context);
      const linked = around === undefined ? domainXmlOf(asked.context) : around.domainXml;
      const wanted = (kind: string): boolean =>
        context.only === undefined || context.only.some((only) => isKindOf(kind, only));
      const found = [
        ...(wanted(CodeActionKind.QuickFix)
          ? codeActions(uri, problems, toSpan(uri, range, conversion), (problem) =>
              ignoreFixes(problem, around?.descriptor, linked),
            )
          : []),
        // “Fix all” is a command of its own in editors; unasked it would crowd the light bulb.
        ...(context.only !== undefined && wanted(CodeActionKind.SourceFixAll)
          ? fixAll(uri, problems)
          : []),
      ];
      return found.map((action) => ({
        title: render(action.title, conversion.translate),
        kind: action.kind,
        ...(action.problem === undefined
          ? {}
          : { diagnostics: [toDiagnostic(action.problem, conversion)] }),
        ...(action.preferred ? { isPreferred: true } : {}),
        edit: toWorkspaceEdit(action.edits, conversion),
      }));
    }),
  );
  connection.onCodeLens(
    answer('code lenses', inDocument, (_params, { uri, context, conversion }) =>
      codeLenses(context, diagnoses.of(uri).waiting).map((lens) => ({
        range: toRange({ uri, span: lens.span }, conversion),
        command: {
          title: renderWithReason(lens, conversion),
          command: lens.command,
          arguments: [...lens.arguments],
        },
      })),
    ),
  );
  connection.languages.inlayHint.on(
    answer('inlay hints', inDocument, ({ range }, { uri, context, conversion }) =>
      inlayHints(context, toSpan(uri, range, conversion)).map((hint) => ({
        position: conversion.lines(uri).position(hint.offset),
        label:
          typeof hint.label === 'string' ? hint.label : render(hint.label, conversion.translate),
        ...(hint.tooltip.length === 0
          ? {}
          : { tooltip: toMarkdown(hint.tooltip, conversion.translate) }),
        paddingLeft: true,
      })),
    ),
  );
  connection.onDocumentSymbol(
    answer('symbols', inDocument, (_params, { uri, context, conversion }) =>
      documentSymbols(context).map((symbol) => toDocumentSymbol(symbol, uri, conversion)),
    ),
  );
  connection.onDefinition(
    answer('definition', inDocument, ({ position }, { uri, context, conversion }) => {
      const found = definition(context, conversion.lines(uri).offset(position));
      return found.map(({ origin, target }) => ({
        originSelectionRange: toRange({ uri, span: origin }, conversion),
        targetUri: target.uri,
        targetRange: toRange(target, conversion),
        targetSelectionRange: toRange(target, conversion),
      }));
    }),
  );
  connection.onDocumentLinks(
    answer('links', inDocument, (_params, { uri, context, conversion }) =>
      documentLinks(context).map((link) => ({
        range: toRange({ uri, span: link.span }, conversion),
        target: link.target,
      })),
    ),
  );
  connection.onRequest(
    checkMethod,
    answer(
      'check',
      (params: DocumentParams) => params.uri,
      (_params, { uri, conversion }) => checkResponse(diagnoses.of(uri), conversion),
    ),
  );
  connection.onRequest(
    modelMethod,
    answer(
      'model',
      (params: DocumentParams) => params.uri,
      (_params, { context }) => modelResponse(context),
    ),
  );
  registerEditing(session, answer);
  registerHighlights(session, answer);
  registerNaming(session, answer);
}

/** The protocol's hierarchy of kinds: `source.fixAll.x` is a `source`. */
function isKindOf(kind: string, wanted: string): boolean {
  return kind === wanted || wanted === '' || kind.startsWith(`${wanted}.`);
}

function renderWithReason(
  {
    title,
    reason,
  }: {
    readonly title: Parameters<typeof render>[0];
    readonly reason?: Parameters<typeof render>[0];
  },
  { translate }: Conversion,
): string {
  if (reason === undefined) return render(title, translate);
  return render({ ...title, args: [...title.args, reason] }, translate);
}

const symbolKinds: Readonly<Record<SymbolNode['kind'], SymbolKind>> = {
  file: SymbolKind.File,
  host: SymbolKind.Namespace,
  disk: SymbolKind.Object,
  network: SymbolKind.Interface,
  group: SymbolKind.Module,
  property: SymbolKind.Property,
};

function toDocumentSymbol(symbol: SymbolNode, uri: string, conversion: Conversion): DocumentSymbol {
  return {
    name: symbol.name,
    ...(symbol.detail === undefined ? {} : { detail: symbol.detail }),
    kind: symbolKinds[symbol.kind],
    range: toRange({ uri, span: symbol.span }, conversion),
    selectionRange: toRange({ uri, span: symbol.nameSpan }, conversion),
    children: symbol.children.map((child) => toDocumentSymbol(child, uri, conversion)),
  };
}
