import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel } from 'ssh2';
import { knownHostsAddress, knownHostsLine } from '../../hosts/ssh/known-hosts.ts';
import type { HostTarget, SshEnvironment } from '../../hosts/ssh/target.ts';

export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

export function ed25519(passphrase?: string): KeyPair {
  for (;;) {
    const pair =
      passphrase === undefined
        ? ssh2.utils.generateKeyPairSync('ed25519')
        : ssh2.utils.generateKeyPairSync('ed25519', {
            passphrase,
            cipher: 'aes256-cbc',
            rounds: 4,
          });
    // About one pair in five hundred is written in a form that ssh2 itself cannot read.
    if (!(ssh2.utils.parseKey(pair.private, passphrase) instanceof Error)) return pair;
  }
}

export function ecdsa(): KeyPair {
  return ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
}

/** The public half of a key in SSH wire format. */
export function wire(key: KeyPair): Buffer {
  return Buffer.from(key.public.split(' ')[1] ?? '', 'base64');
}

export interface FakeServer {
  readonly port: number;
  /** Sockets that are open at this moment. */
  readonly sockets: ReadonlySet<Socket>;
  /** What clients sent as commands. */
  readonly commands: readonly string[];
  readonly attempts: readonly string[];
}

export interface FakeServerOptions {
  readonly hostKeys?: readonly KeyPair[];
  readonly authenticate?: (context: AuthContext, connection: Connection) => void;
  readonly exec?: (channel: ServerChannel, command: string, connection: Connection) => void;
  /** Opens no channel for commands. */
  readonly refuseSessions?: boolean;
  /** Lets clients reach other servers through this one. */
  readonly forwards?: boolean;
}

/** A server that misbehaves as told; proof of how faults are met, never of how a host works. */
export async function fakeServer(t: TestContext, options: FakeServerOptions): Promise<FakeServer> {
  const commands: string[] = [];
  const attempts: string[] = [];
  const server = new ssh2.Server(
    { hostKeys: (options.hostKeys ?? [ed25519()]).map((key) => key.private) },
    (connection) => {
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => {
        if (context.method !== 'none') attempts.push(context.method);
        if (options.authenticate === undefined) context.accept();
        else options.authenticate(context, connection);
      });
      connection.on('tcpip', (accept, reject, { destPort }) => {
        if (options.forwards !== true) {
          reject();
          return;
        }
        const channel = accept();
        const onward = ssh2Socket(destPort);
        channel.on('error', () => undefined);
        onward.on('error', () => channel.end());
        channel.pipe(onward).pipe(channel);
      });
      connection.on('session', (accept, reject) => {
        if (options.refuseSessions === true) {
          reject();
          return;
        }
        accept().on('exec', (acceptExec, _reject, { command }) => {
          commands.push(command);
          const channel = acceptExec();
          channel.on('error', () => undefined);
          options.exec?.(channel, command, connection);
        });
      });
    },
  );
  const port = await listening(t, server);
  return { port, sockets: tracked(server), commands, attempts };
}

/** A TCP server that does not speak ssh. */
export async function rawServer(
  t: TestContext,
  greet: (socket: Socket) => void,
): Promise<FakeServer> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    greet(socket);
  });
  const sockets = tracked(server);
  const port = await listening(t, server);
  return { port, sockets, commands: [], attempts: [] };
}

/** Answers every command with this output and exit code. */
export function answering(stdout: string, code = 0): NonNullable<FakeServerOptions['exec']> {
  return (channel) => {
    channel.write(stdout);
    channel.exit(code);
    channel.end();
  };
}

/** A home folder with a configuration of its own; nothing of the machine's user is read. */
export function sandbox(
  t: TestContext,
  files: Readonly<Record<string, string>> = {},
): { readonly home: string; readonly environment: SshEnvironment } {
  const home = mkdtempSync(join(tmpdir(), 'livemigrate-ssh-'));
  t.after(() => {
    rmSync(home, { recursive: true, force: true });
  });
  for (const [name, text] of Object.entries({ config: '', ...files }))
    writeFileSync(join(home, name), text, { mode: 0o600 });
  return {
    home,
    environment: {
      home,
      configFile: join(home, 'config'),
      knownHostsFiles: [join(home, 'known_hosts')],
      variables: {},
      connectTimeout: 10_000,
      keepalive: 0,
    },
  };
}

export function knownHosts(port: number, ...keys: readonly KeyPair[]): string {
  return keys
    .map((key) => `${knownHostsLine(knownHostsAddress('127.0.0.1', port), wire(key), false)}\n`)
    .join('');
}

export function targetAt(port: number, name = 'kvm01'): HostTarget {
  return { name, address: '127.0.0.1', port, user: 'admin' };
}

/** Waits until no client is connected; fails when that takes long. */
export async function allClosed(server: FakeServer): Promise<void> {
  const until = performance.now() + 2000;
  while (server.sockets.size > 0) {
    if (performance.now() > until) throw new Error(`${server.sockets.size} sockets are still open`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

function tracked(server: NetServer): Set<Socket> {
  const sockets = new Set<Socket>();
  const listener = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const inner = (server as unknown as { _srv?: NetServer })._srv ?? server;
  inner.on('connection', listener);
  return sockets;
}

async function listening(t: TestContext, server: NetServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const open = tracked(server);
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function ssh2Socket(port: number): Socket {
  return connect({ host: '127.0.0.1', port });
}
