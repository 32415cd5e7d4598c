import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { pause } from './process.ts';

/**
 * Runs `work` while no other work of this machine holds the lock of this path (a name: nothing is made there). The lock
 * is an abstract Unix socket, which the kernel takes back when its process ends, however it ends: none is ever left over,
 * and two that wait cannot both take over the lock of a third that died.
 * @param timeoutMs how long to wait for the holder
 */
export async function locked<T>(
  path: string,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const name = addressOf(path);
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const held = await hold(name);
    if (held !== undefined) {
      try {
        return await work();
      } finally {
        await new Promise((resolve) => held.close(resolve));
      }
    }
    if (performance.now() > deadline) {
      throw new Error(`${path} is in use by another process for ${String(timeoutMs / 1000)} s`);
    }
    await pause(20);
  }
}

/** The same for every spelling of the path. */
function addressOf(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const real = existsSync(path)
    ? realpathSync(path)
    : join(realpathSync(dirname(path)), basename(path));
  return `\0live-migrate-lab/${createHash('sha256').update(real).digest('hex')}`;
}

/** Undefined while another holds it. */
function hold(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => {
      resolve(server);
    });
  });
}
