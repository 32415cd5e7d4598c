import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type Daemon, MARK, identify } from './process.ts';
import type { HostPlan } from './state.ts';

/** Starts a process that outlives this one, marked as the lab's. */
export function background(
  plan: HostPlan,
  command: readonly string[],
  log: string,
  cwd = plan.stateDir,
): Daemon {
  const [file, ...args] = command;
  const out = openSync(log, 'a');
  try {
    const child = spawn(file ?? '', args, {
      cwd,
      detached: true,
      stdio: ['ignore', out, out],
      env: { ...process.env, [MARK]: `${plan.labId}/${plan.name}` },
    });
    child.unref();
    // Not found, not permitted: whoever waits for what it should do sees the log and the bound.
    child.on('error', () => undefined);
    const daemon = child.pid === undefined ? undefined : identify(child.pid);
    if (daemon === undefined) throw new Error(`${command.join(' ')} does not start`);
    return daemon;
  } finally {
    closeSync(out);
  }
}
