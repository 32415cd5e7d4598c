/** Starts and ends a VS Code workbench on 127.0.0.1. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { must, until } from '../lab/process.ts';
import { beforeExit } from './before-exit.ts';
import { openFrontDoor } from './front-door.ts';
import type { FrontDoor } from './front-door.ts';
import type { VsCodeHost } from './install.ts';

export interface WorkbenchOptions {
  /** From `installVsCodeHost()`. */
  readonly host: VsCodeHost;
  /** The folder, or the `.code-workspace` file, that the workbench opens. */
  readonly open: string;
  /** true: everything is trusted and nothing asks. false: VS Code's own workspace trust, restricted at first. */
  readonly trust: boolean;
  /** Port on 127.0.0.1; any free one when left out. */
  readonly port?: number;
  /** Packed extensions to install before the start. */
  readonly vsix?: readonly string[];
  /** Where installed extensions live; a temporary, empty folder when left out. */
  readonly extensionsDir?: string;
  /** User settings on top of `quietSettings`. */
  readonly userSettings?: Readonly<Record<string, unknown>>;
  /** Settings of machine scope (paths, hosts): a window of a server takes them from the machine only. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Environment of the extension host and its terminals, on top of this process's; undefined removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Workbench {
  /** Opens the workbench in any browser on this machine; holds the secret token. */
  readonly url: string;
  readonly port: number;
  /** VS Code's version. */
  readonly version: string;
  /** Absolute folder of user data: `User/settings.json`, `logs/`. Gone after `close`. */
  readonly userDataDir: string;
  /** What the server wrote, the last 64 KiB. */
  serverLog(): string;
  /** Process ids of the extension hosts: one for each open window. */
  extensionHosts(): readonly number[];
  /** Resolves when the server is gone, whoever ended it. */
  readonly exited: Promise<void>;
  /** Ends the server, everything it started, and the temporary folders. Repeatable. */
  close(): Promise<void>;
}

/** No welcome pages, no network, no AI panes: nothing on the screen that a test did not ask for. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  // The desktop's default; the browser's would write a file while a test reads it.
  'files.autoSave': 'off',
  'files.simpleDialog.enable': true,
};

/** Milliseconds. */
const limits = { listen: 120_000, installExtension: 120_000, end: 10_000 } as const;
const logLength = 64 * 1024;

/**
 * Starts a workbench. It ends with `close`, with SIGINT/SIGTERM/SIGHUP of this process, and, where
 * util-linux is installed, even when this process is killed.
 * @throws Error with the server's last words when it does not start
 */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { host } = options;
  const folder = await mkdtemp(join(tmpdir(), 'live-migrate-workbench-'));
  const userDataDir = join(folder, 'user');
  const token = randomBytes(24).toString('base64url');
  // code-server takes a SHA-256 of the password as its hash, and that hash is the session cookie;
  // the token also opens its password form.
  const session = createHash('sha256').update(token).digest('hex');
  const suffix = randomBytes(4).toString('hex');
  const common = [
    ...['--config', join(folder, 'config.yaml')],
    ...['--user-data-dir', userDataDir],
    ...['--extensions-dir', options.extensionsDir ?? join(folder, 'extensions')],
  ];
  const env = {
    ...serverEnvironment(options.env),
    HASHED_PASSWORD: session,
    // VS Code leaves sockets behind.
    TMPDIR: join(folder, 'tmp'),
  };
  let server: Server | undefined;
  let door: FrontDoor | undefined;
  let ending: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ending ??= (async () => {
      await door?.close();
      await server?.end();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      forget();
    })();
    return ending;
  };
  const forget = beforeExit(close);
  try {
    await mkdir(env.TMPDIR);
    await mkdir(join(userDataDir, 'User'), { recursive: true });
    await writeFile(
      join(userDataDir, 'User', 'settings.json'),
      JSON.stringify({ ...quietSettings, ...options.userSettings }, null, 2),
    );
    await mkdir(join(userDataDir, 'Machine'), { recursive: true });
    await writeFile(
      join(userDataDir, 'Machine', 'settings.json'),
      JSON.stringify(options.machineSettings ?? {}, null, 2),
    );
    await writeFile(join(folder, 'config.yaml'), '');
    for (const vsix of options.vsix ?? []) {
      const install = [...common, '--install-extension', resolve(vsix), '--force'];
      const answer = await must([host.node, host.entry, ...install], {
        env,
        timeoutMs: limits.installExtension,
      });
      if (!/successfully installed/.test(answer)) throw new Error(`${vsix}: ${answer.trim()}`);
    }
    server = startServer(host, env, [
      ...common,
      ...['--auth', 'password', '--cookie-suffix', suffix, '--bind-addr', '127.0.0.1:0'],
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      '--disable-proxy',
      '--ignore-last-opened',
      ...(options.trust ? ['--disable-workspace-trust'] : []),
    ]);
    const kind = options.open.endsWith('.code-workspace') ? 'workspace' : 'folder';
    door = await openFrontDoor({
      port: options.port ?? 0,
      upstreamPort: await server.listening(),
      token,
      cookie: [`code-server-session-${suffix}`, session],
      landing: `/?${kind}=${encodeURIComponent(resolve(options.open))}`,
    });
  } catch (error) {
    await close();
    throw error;
  }
  const running = server;
  return {
    url: `http://127.0.0.1:${door.port}/open/${token}`,
    port: door.port,
    version: host.version,
    userDataDir,
    serverLog: () => running.log(),
    extensionHosts: () => processesOfGroup(running.pid, '--type=extensionHost'),
    exited: running.exited,
    close,
  };
}

interface Server {
  readonly pid: number;
  readonly exited: Promise<void>;
  log(): string;
  /** The port it listens on. */
  listening(): Promise<number>;
  /** Ends its process group: asks, then forces. */
  end(): Promise<void>;
}

function startServer(host: VsCodeHost, env: NodeJS.ProcessEnv, args: readonly string[]): Server {
  // The kernel ends the server with us, even when nobody could tell it any more.
  const setpriv = '/usr/bin/setpriv';
  const withUs = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', '--'] : [];
  const [file = host.node, ...rest] = [...withUs, host.node, host.entry, ...args];
  const child: ChildProcess = spawn(file, rest, {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-logLength);
    });
  }
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', (error) => {
      log += error.message;
      resolve();
    });
  });
  let gone = false;
  void exited.then(() => (gone = true));
  const pid = child.pid ?? 0;
  return {
    pid,
    exited,
    log: () => log,
    listening: async () => {
      try {
        return await until('the VS Code server listens', limits.listen, () => {
          const port = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log)?.[1];
          if (port === undefined && gone) throw new Error('the VS Code server ended');
          return port === undefined ? undefined : Number(port);
        });
      } catch (error) {
        throw new Error(`${(error as Error).message}:\n${log.slice(-4000)}`, { cause: error });
      }
    },
    end: async () => {
      if (pid === 0) return;
      signalGroup(pid, 'SIGTERM');
      const groupIsGone = (): true | undefined =>
        processesOfGroup(pid, '').length === 0 ? true : undefined;
      await until('the VS Code server ends', limits.end, groupIsGone).catch(() => {
        signalGroup(pid, 'SIGKILL');
        return until('the VS Code server is killed', limits.end, groupIsGone);
      });
    },
  };
}

/** This process's environment without what would confuse another VS Code or reveal a test runner. */
function serverEnvironment(changes: WorkbenchOptions['env']): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries({ ...process.env, ...changes })) {
    if (value === undefined) continue;
    if (/^(VSCODE_|ELECTRON_|CODE_SERVER_|CS_|NODE_OPTIONS$|NODE_TEST_CONTEXT$)/.test(name))
      continue;
    if (/^(npm_|INIT_CWD$|PORT$|PASSWORD$|HASHED_PASSWORD$)/.test(name)) continue;
    env[name] = value;
  }
  // No marketplace: nothing is looked up or downloaded.
  env['EXTENSIONS_GALLERY'] = '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":""}';
  return env;
}

/** Living processes of a process group whose command line holds `part`. */
function processesOfGroup(group: number, part: string): number[] {
  const found: number[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(processGroup) !== group || state === 'Z' || state === 'X') continue;
      if (readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(part)) found.push(Number(entry));
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // The group is gone.
  }
}
