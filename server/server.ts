import type {
  Connection,
  ConnectionOptions,
  InitializeParams,
  Message,
} from 'vscode-languageserver/node';
import { initializeResult } from './capabilities.ts';
import type { ServiceOptions } from './service-options.ts';

/**
 * Serves one client until it shuts the server down. `initialize` is answered at once; what comes
 * after it waits, in its order, until the engine is loaded.
 * @param open makes the connection, with the options that it is given here
 * @param options undefined where the server is a process of its own and finds them by itself
 */
export function startServer(
  open: (options: ConnectionOptions) => Connection,
  options?: ServiceOptions,
): void {
  let loading: Promise<void> | undefined;
  let loaded = false;
  const connection = open({
    messageStrategy: {
      handleMessage(message: Message, next: (message: Message) => void): void {
        if (loading === undefined || loaded) next(message);
        else
          void loading.then(() => {
            next(message);
          });
      },
    },
  });
  const load = async (params: InitializeParams): Promise<void> => {
    await afterAnswer();
    const { serve } = await import('./session.ts');
    serve(connection, params, options);
    loaded = true;
  };
  connection.onInitialize((params) => {
    loading ??= load(params);
    return initializeResult;
  });
  connection.listen();
}

/** The answer is written in the turn after the one in which it is given. */
async function afterAnswer(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
}
