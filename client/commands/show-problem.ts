import * as vscode from 'vscode';
import { loadDescriptor } from '../../core/descriptor/load.ts';
import type { Span } from '../../core/text/span.ts';

/** Opens a document at a span, or at a field of the descriptor. */
export async function showProblem(
  uri: string,
  span: Span | undefined,
  path: readonly string[] | undefined,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const place = span ?? loadDescriptor(uri, document.getText()).at(path ?? []);
  const selection = new vscode.Range(
    document.positionAt(place.start),
    document.positionAt(place.end),
  );
  await vscode.window.showTextDocument(document, { selection });
}
