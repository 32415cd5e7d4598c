import { LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { CancellationToken } from 'vscode-languageserver/node';
import type { ServiceContext } from '../core/service/context.ts';
import type { Conversion } from './convert.ts';
import { describe } from './describe.ts';
import type { Session } from './session.ts';

/** A request about one document, ready to be handed to the language service. */
export interface Asked {
  readonly uri: string;
  readonly context: ServiceContext;
  readonly conversion: Conversion;
  readonly token: CancellationToken;
}

/** Makes a handler of a request about one document. */
export type Answer = <P extends object, R>(
  name: string,
  uriOf: (params: NoInfer<P>) => string,
  compute: (params: P, asked: Asked) => R | Promise<R>,
) => (params: P, token: CancellationToken) => Promise<R>;

/**
 * Guards handlers. It lets waiting messages in first, so that a cancelled or outdated request costs
 * nothing; a failure is logged and answered with an error, and the server lives on.
 */
export function answering(session: Session): Answer {
  return (name, uriOf, compute) => async (params, token) => {
    await nextTurn();
    if (token.isCancellationRequested) throw cancelled();
    try {
      return await compute(params, { ...askedAbout(session, uriOf(params)), token });
    } catch (error) {
      if (error instanceof ResponseError) throw error;
      session.connection.console.error(`${name} failed: ${describe(error)}`);
      throw new ResponseError(LSPErrorCodes.RequestFailed, `${name} failed; see the log`);
    }
  };
}

/** A document under the editor's own spelling of its URI. */
function askedAbout(session: Session, named: string): Omit<Asked, 'token'> {
  const { workspace, cache } = session;
  const document = workspace.document(named);
  const uri = document?.uri ?? named;
  const context: ServiceContext = { uri, languageId: document?.languageId, workspace, cache };
  return { uri, context, conversion: session.conversion() };
}

export function inDocument(params: { readonly textDocument: { readonly uri: string } }): string {
  return params.textDocument.uri;
}

/** Lets whatever waits for the event loop go first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export function cancelled(): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
}
