import type { Connection } from 'vscode-languageserver/node';
import { Session } from './session.ts';

export interface StartOptions {
  /** URI of the folder that holds `docs/rules`, with a slash at its end. */
  readonly documentationBase: string | undefined;
}

/** Serves one client over a connection until the client shuts it down. */
export function startServer(
  connection: Connection,
  { documentationBase }: StartOptions = { documentationBase: undefined },
): void {
  const session = new Session(connection, documentationBase);
  session.register();
  connection.listen();
}
