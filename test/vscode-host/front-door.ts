/**
 * The one address of a workbench: lets in whoever knows its token, and passes everything else on to
 * code-server, which checks the session cookie itself. code-server alone has a password form only,
 * and an address that has to be followed by typing is no address to click on.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { Socket, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface FrontDoor {
  readonly port: number;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

export interface FrontDoorOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** Where code-server listens on 127.0.0.1. */
  readonly upstreamPort: number;
  /** Secret in the address `/open/TOKEN`. */
  readonly token: string;
  /** Name and value of code-server's session cookie. */
  readonly cookie: readonly [name: string, value: string];
  /** Path and query to land on after the token, such as `/?folder=/work`. */
  readonly landing: string;
}

/** Opens the door on 127.0.0.1. @throws the error of `listen`, such as EADDRINUSE */
export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const connections = new Set<Duplex>();
  const server = createServer((incoming, answer) => {
    if (knowsToken(incoming.url, options.token)) {
      const [name, value] = options.cookie;
      answer.writeHead(302, {
        Location: options.landing,
        'Set-Cookie': `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`,
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'no-referrer',
      });
      answer.end();
      return;
    }
    const onward = request(
      {
        host: '127.0.0.1',
        port: options.upstreamPort,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (back) => {
        answer.writeHead(back.statusCode ?? 502, back.rawHeaders);
        back.pipe(answer);
        back.on('error', () => answer.destroy());
      },
    );
    onward.on('error', (error) => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end(`The VS Code host does not answer: ${error.message}`);
    });
    answer.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on('connection', (socket) => {
    remember(socket);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const upstream = connect(options.upstreamPort, '127.0.0.1', () => {
      upstream.write(requestHead(incoming));
      upstream.write(head);
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    remember(upstream);
    upstream.setNoDelay(true);
    if (socket instanceof Socket) socket.setNoDelay(true);
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });

  function remember(connection: Duplex): void {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  }

  await listening(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const connection of connections) connection.destroy();
      }),
  };
}

function knowsToken(url: string | undefined, token: string): boolean {
  const given = Buffer.from(/^\/open\/([^/?#]+)$/.exec(url ?? '')?.[1] ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The request as it came: header names keep their case, repeated headers stay apart. */
function requestHead(incoming: IncomingMessage): string {
  const lines = [`${incoming.method ?? 'GET'} ${incoming.url ?? '/'} HTTP/1.1`];
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    lines.push(`${incoming.rawHeaders[index] ?? ''}: ${incoming.rawHeaders[index + 1] ?? ''}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
