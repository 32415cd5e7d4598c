import type { Connection } from 'vscode-languageserver/node';
import { Session } from './session.ts';

export interface StartOptions {
  /** URI of the folder that holds `docs/rules`, with a slash at its end. */
  readonly documentationBase: string | undefined;
  /** Folders with compiled grammars, the best first. */
  readonly grammarFolders: readonly string[];
}

/** Serves one client over a connection until the client shuts it down. */
export function startServer(
  connection: Connection,
  options: StartOptions = { documentationBase: undefined, grammarFolders: [] },
): void {
  const session = new Session(connection, options);
  session.register();
  connection.listen();
}
