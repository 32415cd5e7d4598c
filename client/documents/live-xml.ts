import * as vscode from 'vscode';
import { languageIds } from '../../core/service/document-kind.ts';
import { liveXmlUri } from '../../core/facts/view.ts';

/** The scheme of `liveXmlUri`. */
export const liveXmlScheme = 'livemigrate-xml';

/** Shows the XML of live domains as read-only documents. */
export class LiveXml implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly onDidChange: vscode.Event<vscode.Uri>;
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  private readonly xmlOf: (host: string, domain: string) => Promise<string>;

  constructor(xmlOf: (host: string, domain: string) => Promise<string>) {
    this.xmlOf = xmlOf;
    this.onDidChange = this.changes.event;
    this.registration = vscode.workspace.registerTextDocumentContentProvider(liveXmlScheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): Promise<string> | string {
    const named = hostAndDomain(uri);
    return named === undefined ? '' : this.xmlOf(named.host, named.domain);
  }

  /** Opens the XML as the host has it now. */
  async open(host: string, domain: string): Promise<void> {
    const uri = vscode.Uri.parse(liveXmlUri(host, domain));
    if (vscode.workspace.textDocuments.some((each) => each.uri.toString() === uri.toString())) {
      this.changes.fire(uri);
    }
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, languageIds.domainXml);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
    this.changes.dispose();
  }
}

/** The inverse of `liveXmlUri`; undefined for an address that nobody made. */
function hostAndDomain(uri: vscode.Uri): { host: string; domain: string } | undefined {
  const parts = /^livemigrate-xml:\/([^/]+)\/(.+)\.domain\.xml$/.exec(uri.toString(true));
  const [, host, domain] = parts ?? [];
  if (host === undefined || domain === undefined) return undefined;
  return { host: decodeURIComponent(host), domain: decodeURIComponent(domain) };
}
