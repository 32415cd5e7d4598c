import { CodeActionKind, TextDocumentSyncKind } from 'vscode-languageserver/node';
import type { InitializeResult } from 'vscode-languageserver/node';
import { completionTriggers } from '../core/service/completion-triggers.ts';
import { tokenModifiers, tokenTypes } from '../core/service/semantic-legend.ts';

/**
 * What the server says of itself. Nothing here depends on the client, so that `initialize` is
 * answered before the engine is loaded: this file imports none of it.
 */
export const initializeResult: InitializeResult = {
  serverInfo: { name: 'live-migrate' },
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    diagnosticProvider: {
      identifier: 'live-migrate',
      interFileDependencies: true,
      workspaceDiagnostics: true,
    },
    completionProvider: {
      triggerCharacters: [...new Set(Object.values(completionTriggers).flat())],
    },
    hoverProvider: true,
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.SourceFixAll],
    },
    codeLensProvider: {},
    inlayHintProvider: {},
    documentSymbolProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    documentLinkProvider: {},
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    renameProvider: { prepareProvider: true },
    workspaceSymbolProvider: true,
    semanticTokensProvider: {
      legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
      full: true,
      range: true,
    },
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    documentHighlightProvider: true,
    linkedEditingRangeProvider: true,
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
};
