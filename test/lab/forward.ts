import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { background } from './background.ts';
import { address, switchNamespace } from './network.ts';
import { end, isAlive, until } from './process.ts';
import type { HostPlan, LabHost } from './state.ts';

/**
 * Leads a free port of 127.0.0.1 to the host's sshd: one socat listens there and hands over through a socket file to one
 * in the switch's namespace. So the way in goes over the host's management cable and ends when that is cut.
 */
export async function forward(
  plan: HostPlan,
  folder: string,
): Promise<Pick<LabHost, 'sshPort' | 'listeners'>> {
  const log = join(folder, 'forward.log');
  // ssh and sshd send small packets at once; a forwarder that waits adds 40 ms to many answers.
  const target = `TCP:${address('management', plan.index)}:22,connect-timeout=10,nodelay`;
  // Relative paths: the address of a socket file may have 107 bytes only.
  const inner = background(
    plan,
    [
      ...['ip', 'netns', 'exec', switchNamespace(plan.labId)],
      ...['socat', 'UNIX-LISTEN:sshd.socket,fork,unlink-early', target],
    ],
    log,
    folder,
  );
  for (let attempt = 1; ; attempt++) {
    const sshPort = await freePort();
    const outer = background(
      plan,
      [
        ...[
          'socat',
          `TCP-LISTEN:${String(sshPort)},bind=127.0.0.1,fork,reuseaddr,backlog=64,nodelay`,
        ],
        'UNIX-CONNECT:sshd.socket',
      ],
      log,
      folder,
    );
    try {
      await until(`${plan.name}: sshd through port ${String(sshPort)}`, 15_000, async () => {
        const said = await greeting(sshPort, 1000);
        // Somebody took the port between asking for a free one and listening; the greeting may be that of another lab.
        if (!isAlive(outer)) throw new Error(`port ${String(sshPort)} was taken`);
        return said;
      });
      return { sshPort, listeners: [inner, outer] };
    } catch (error) {
      await end([outer], 2000);
      if (isAlive(inner) && attempt < 4 && (error as Error).message.endsWith('was taken')) continue;
      throw error;
    }
  }
}

/** The first line sshd sends; undefined when none comes in time. */
export function greeting(port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const done = (value: string | undefined): void => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(timeoutMs, () => {
      done(undefined);
    });
    socket.on('error', () => {
      done(undefined);
    });
    socket.on('close', () => {
      done(undefined);
    });
    socket.once('data', (data) => {
      const text = data.toString();
      done(text.startsWith('SSH-') ? text : undefined);
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const at = server.address();
      server.close(() => {
        if (at !== null && typeof at === 'object') resolve(at.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
