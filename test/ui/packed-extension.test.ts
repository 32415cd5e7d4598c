/** The extension as it is shipped, in a workspace that nobody has trusted yet, in two languages. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { packExtension } from '../../scripts/package.ts';
import { openPage } from '../vscode-host/browser.ts';
import type { OpenPageOptions } from '../vscode-host/browser.ts';
import { installVsCodeHost } from '../vscode-host/install.ts';
import { startWorkbench } from '../vscode-host/workbench.ts';
import type { Workbench } from '../vscode-host/workbench.ts';
import { WorkbenchPage } from './workbench-page.ts';

const descriptor = 'web01.migration.yaml';
let folder: string;
let workspace: string;
let workbench: Workbench;

before(
  async () => {
    folder = await mkdtemp(join(tmpdir(), 'live-migrate-packed-'));
    workspace = join(folder, 'workspace');
    await cp(join(import.meta.dirname, '..', '..', 'examples'), workspace, { recursive: true });
    const host = await installVsCodeHost({ say: console.log });
    workbench = await startWorkbench({
      host,
      open: workspace,
      trust: false,
      // Restricted at once; the question would stand in front of everything.
      userSettings: { 'security.workspace.trust.startupPrompt': 'never' },
      vsix: [await packExtension(join(folder, 'live-migrate.vsix'))],
      env: { LIVEMIGRATE_STATE: join(folder, 'state') },
    });
  },
  { timeout: 40 * 60_000 },
);

after(async () => {
  await (workbench as Workbench | undefined)?.close();
  await rm(folder, { recursive: true, force: true });
});

async function inWindow(
  options: OpenPageOptions,
  act: (code: WorkbenchPage) => Promise<void>,
): Promise<void> {
  const window = await openPage(workbench, options);
  try {
    const code = new WorkbenchPage(window, workspace);
    await code.statusBarItem('Restricted Mode').waitFor();
    await act(code);
  } finally {
    await window.screenshot('packed-last').catch(() => undefined);
    await window.close();
  }
}

// Before the file is mended: the workbench brings unsaved changes back in its next window.
test('in Chinese the mistake is told in Chinese', async () => {
  await inWindow({ language: 'zh-cn' }, async (code) => {
    await code.openFile(descriptor);
    await code.problems.open();
    const row = code.problems.row('shareable-disk-copied');
    await row.waitFor();
    assert.match(await row.innerText(), /磁盘 vdb 由多个虚拟机共享/);
    await code.screenshot('packed-chinese');
  });
});

test('without trust a file is checked and mended, and no host is asked', async () => {
  await inWindow({}, async (code) => {
    await code.openFile(descriptor);
    await code.problems.open();
    await code.problems.row('shareable-disk-copied').waitFor();
    await code.editor.applyQuickFix('vdb', 'Mark disk vdb as shared');
    await code.problems.waitUntilGone('shareable-disk-copied');
    await code.openContainer('Live Migrate');
    assert.match(await code.view('Hosts').welcome(), /trust/i);
    assert.match(await code.view('Preflight').welcome(), /trust/i);
    assert.deepEqual(await code.view('Hosts').texts(), []);
    await code.screenshot('packed-untrusted');
  });
});
