/**
 * The main job from an empty machine: two libvirt hosts, a guest, and the example in an editor.
 *
 * Usage: npm start                  opens VS Code (or a browser workbench) on the example
 *        npm start -- --terminal    the same story without an editor, to its proof
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openLab, LabImpossible, obstacles } from '../test/lab/lab.ts';
import type { Lab } from '../test/lab/lab.ts';
import { beforeExit } from '../test/vscode-host/before-exit.ts';
import { build } from './build.ts';
import { prepareExample } from './example.ts';
import type { Example } from './example.ts';
import { tellStory } from './terminal-story.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { terminal: { type: 'boolean' }, port: { type: 'string' } },
});

const say = (line: string): void => {
  console.log(line);
};

const missing = obstacles();
if (missing.length > 0) {
  console.error('The two libvirt hosts cannot be brought up on this machine:');
  for (const line of missing) console.error(`  - ${line}`);
  console.error(
    'What works without them: npm test -- unit project, and npx livemigrate check examples.',
  );
  process.exit(2);
}

say('Building …');
await build();
process.exitCode = values.terminal === true ? await inTerminal() : await inEditor();

function inTerminal(): Promise<number> {
  return withLab(async (lab) => {
    const example = await prepareExample(lab, join(lab.stateDir, 'workspace'));
    return tellStory(lab, example, say);
  });
}

function inEditor(): Promise<number> {
  return withLab(async (lab) => {
    say('Starting the guest web01 on kvm01 …');
    const example = await prepareExample(lab, join(lab.stateDir, 'workspace'));
    await (hasDesktopCode() ? desktop(example) : browser(lab, example));
    return 0;
  });
}

/** Two hosts for one job, taken down at its end, and when this process is told to end before it. */
async function withLab(use: (lab: Lab) => Promise<number>): Promise<number> {
  const lab = await openLab({ private: true, say });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    if (closing === undefined) say('Taking the hosts down …');
    return (closing ??= lab.close());
  };
  const forget = beforeExit(close);
  try {
    return await use(lab);
  } finally {
    await close();
    forget();
  }
}

function settingsFor(example: Example): Record<string, unknown> {
  return { 'liveMigrate.ssh.configFile': example.sshConfig };
}

function hasDesktopCode(): boolean {
  if (process.env['DISPLAY'] === undefined && process.env['WAYLAND_DISPLAY'] === undefined)
    return false;
  return spawnSync('code', ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/** Desktop VS Code with the extension from this checkout, in a window and profile of its own. */
async function desktop(example: Example): Promise<void> {
  const { writeFileSync, mkdirSync } = await import('node:fs');
  const userData = join(example.folder, '..', 'code-user-data');
  mkdirSync(join(userData, 'User'), { recursive: true });
  writeFileSync(
    join(userData, 'User', 'settings.json'),
    JSON.stringify(settingsFor(example), null, 2),
  );
  say('Opening VS Code; close its window to take the hosts down.');
  await new Promise<void>((done) => {
    const child = spawn(
      'code',
      [
        '--wait',
        '--new-window',
        '--no-sandbox',
        `--user-data-dir=${userData}`,
        `--extensionDevelopmentPath=${root}`,
        example.folder,
        '--goto',
        `${example.migration}:18`,
      ],
      { stdio: 'inherit' },
    );
    child.once('exit', () => {
      done();
    });
  });
}

async function browser(lab: Lab, example: Example): Promise<void> {
  const { installVsCodeHost } = await import('../test/vscode-host/install.ts');
  const { startWorkbench } = await import('../test/vscode-host/workbench.ts');
  const { packExtension } = await import('./package.ts');
  const host = await installVsCodeHost({ say, browser: false });
  const vsix = await packExtension(join(lab.stateDir, 'live-migrate.vsix'));
  const workbench = await startWorkbench({
    host,
    open: example.folder,
    trust: true,
    vsix: [vsix],
    machineSettings: settingsFor(example),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  });
  try {
    say('');
    say(`VS Code ${workbench.version} with the example:  ${workbench.url}`);
    say(
      'Open web01.migration.yaml: vdb is copied although it is shared. Mend it with the quick fix, then',
    );
    say('Preflight, Benchmark dirty rate and Launch from the lines above the file.');
    say('Ctrl+C ends VS Code and takes the hosts down.');
    await Promise.race([workbench.exited, interrupted()]);
  } finally {
    await workbench.close();
  }
}

function interrupted(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // Also for a second signal: npm passes on what the terminal has sent already, and the hosts are
      // being taken down.
      process.on(signal, () => {
        done();
      });
    }
  });
}

process.on('uncaughtException', (error) => {
  console.error(error instanceof LabImpossible ? error.message : error);
  process.exit(2);
});
