/** The host itself: who gets in, and that nothing of it stays. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../lab/process.ts';
import { openPage } from '../vscode-host/browser.ts';
import { installVsCodeHost } from '../vscode-host/install.ts';
import type { VsCodeHost } from '../vscode-host/install.ts';
import { startWorkbench } from '../vscode-host/workbench.ts';

let host: VsCodeHost;
let folder: string;

before(
  async () => {
    host = await installVsCodeHost({ say: console.log });
    folder = await mkdtemp(join(tmpdir(), 'live-migrate-host-test-'));
  },
  { timeout: 40 * 60_000 },
);

after(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the address lets in whoever knows its token; anybody else is asked for it', async () => {
  const workbench = await startWorkbench({ host, open: folder, trust: true });
  try {
    const { origin } = new URL(workbench.url);
    const bare = await fetch(origin, { redirect: 'manual' });
    assert.equal(bare.status, 302);
    assert.match(bare.headers.get('location') ?? '', /login/);
    const guess = await fetch(`${origin}/open/${'x'.repeat(32)}`, { redirect: 'manual' });
    assert.equal(guess.headers.get('set-cookie'), null);
    const opened = await fetch(workbench.url, { redirect: 'manual' });
    const cookie = opened.headers.get('set-cookie')?.replace(/;.*/, '') ?? '';
    assert.match(opened.headers.get('set-cookie') ?? '', /; HttpOnly; SameSite=Lax$/);
    const landing = new URL(opened.headers.get('location') ?? '', origin);
    assert.equal(landing.searchParams.get('folder'), folder);
    const page = await fetch(landing, { redirect: 'manual', headers: { cookie } });
    assert.equal(page.status, 200);
    assert.match(await page.text(), /vscode-workbench-web-configuration/);
  } finally {
    await workbench.close();
  }
});

test('closing a workbench ends its processes and removes its folders', async () => {
  const workbench = await startWorkbench({ host, open: folder, trust: true });
  const window = await openPage(workbench);
  await until('an extension host', 60_000, () => workbench.extensionHosts()[0]);
  assert.ok(existsSync(workbench.userDataDir));
  assert.notDeepEqual(serversOn(workbench.userDataDir), []);
  await window.close();
  await workbench.close();
  // An ended process whose number nobody has collected yet is not listed here, nor does it run.
  assert.deepEqual(workbench.extensionHosts(), []);
  assert.deepEqual(serversOn(workbench.userDataDir), []);
  assert.equal(existsSync(workbench.userDataDir), false);
  await assert.rejects(fetch(`http://127.0.0.1:${workbench.port}`));
});

test('a workbench ends with the process that started it, even when that one is killed', async () => {
  const starter = spawn(
    process.execPath,
    ['--input-type=module', '--eval', starterScript(host, folder)],
    { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    let said = '';
    starter.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const userDataDir = await until(
      'the workbench starts',
      60_000,
      () => /^(.+)\n/.exec(said)?.[1],
    );
    assert.notDeepEqual(serversOn(userDataDir), []);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    await until('the server ends', 30_000, () =>
      serversOn(userDataDir).length === 0 ? true : undefined,
    );
    await rm(join(userDataDir, '..'), { recursive: true, force: true });
  } finally {
    starter.kill('SIGKILL');
  }
});

/** Starts a workbench, prints its folder of user data, and stays. */
function starterScript(installed: VsCodeHost, open: string): string {
  return `
    import { startWorkbench } from '../vscode-host/workbench.ts';
    const options = ${JSON.stringify({ host: installed, open, trust: true })};
    const workbench = await startWorkbench(options);
    console.log(workbench.userDataDir);
    setInterval(() => undefined, 1000);
  `;
}

/** Processes that serve this folder of user data. */
function serversOn(userDataDir: string): string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      return (
        /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(userDataDir)
      );
    } catch {
      return false;
    }
  });
}
