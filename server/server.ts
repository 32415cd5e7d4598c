import type { Connection } from 'vscode-languageserver/node';
import { Session } from './session.ts';

/** Serves one client over a connection until the client shuts it down. */
export function startServer(connection: Connection): void {
  const session = new Session(connection);
  session.register();
  connection.listen();
}
