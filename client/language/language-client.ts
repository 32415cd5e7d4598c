import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { FactsSnapshot } from '../../core/facts/snapshot.ts';
import { languageIds } from '../../core/service/document-kind.ts';
import { factsMethod } from '../../core/service/protocol.ts';
import type { FactsParams, ServerOptions } from '../../core/service/protocol.ts';
import { causeOf } from '../text.ts';

/** Documents the server is told of; of other XML it judges only what has `domain` as its root. */
const documentSelector = [
  { language: languageIds.descriptor },
  { language: languageIds.domainXml },
  { language: 'xml' },
];

/** The language server, and the facts it was given. */
export class LanguageServer {
  private client: LanguageClient | undefined;
  private readonly module: string;
  private readonly log: vscode.LogOutputChannel;
  private snapshot: FactsSnapshot | undefined;
  private started: Promise<void> | undefined;

  constructor(module: string, log: vscode.LogOutputChannel) {
    this.module = module;
    this.log = log;
  }

  /** Starts the server once; later calls wait for the same start. */
  start(): Promise<void> {
    this.started ??= this.run();
    return this.started;
  }

  /** Every fact known so far; the server checks open documents again with them. */
  async giveFacts(snapshot: FactsSnapshot): Promise<void> {
    this.snapshot = snapshot;
    if (this.started === undefined) return;
    try {
      await this.started;
      await this.sendFacts();
    } catch (error) {
      this.log.error(`The language server did not take the facts: ${causeOf(error)}`);
    }
  }

  async stop(): Promise<void> {
    if (this.started === undefined) return;
    await this.started.catch(() => undefined);
    if (this.client?.needsStop() === true) await this.client.stop();
  }

  /** The client's library is loaded when it is first needed: activation must not wait for it. */
  private async run(): Promise<void> {
    const { LanguageClient, TransportKind } = await import('vscode-languageclient/node');
    const { keepInstalledGrammar } = await import('../../hosts/collect/installed-schemas.ts');
    // Where libvirt is installed its own schemas are the better grammar.
    const wrong = await keepInstalledGrammar();
    if (wrong !== undefined) this.log.info(wrong);
    const run = { module: this.module, transport: TransportKind.ipc };
    const initializationOptions: ServerOptions = { locale: vscode.env.language };
    this.client = new LanguageClient(
      'liveMigrate',
      'Live Migrate',
      { run, debug: { ...run, options: { execArgv: ['--nolazy', '--inspect=6009'] } } },
      { documentSelector, initializationOptions, outputChannel: this.log },
    );
    await this.client.start();
    await this.sendFacts();
  }

  private async sendFacts(): Promise<void> {
    if (this.snapshot === undefined) return;
    const params: FactsParams = { snapshot: this.snapshot };
    await this.client?.sendNotification(factsMethod, params);
  }
}
