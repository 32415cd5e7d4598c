/**
 * The whole job in the real workbench, against real hosts: from the squiggle under a mistake to the
 * guest running on the destination with its memory and disk intact.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from '../../scripts/build.ts';
import { listRuns } from '../../hosts/run/record.ts';
import { prepareExample } from '../../scripts/example.ts';
import type { Example } from '../../scripts/example.ts';
import { flaws, openLab } from '../lab/lab.ts';
import { until } from '../lab/process.ts';
import { livemigrate } from '../lab-runs/livemigrate.ts';
import type { Guest, Lab } from '../lab/lab.ts';
import { openPage } from '../vscode-host/browser.ts';
import { installVsCodeHost } from '../vscode-host/install.ts';
import { startWorkbench } from '../vscode-host/workbench.ts';
import type { Workbench } from '../vscode-host/workbench.ts';
import { WorkbenchPage } from './workbench-page.ts';

const root = join(import.meta.dirname, '..', '..');
const descriptor = 'web01.migration.yaml';
/** For what waits for hosts: a machine may have two slow cores for all of them. */
const patience = { timeout: 240_000 } as const;

let lab: Lab;
let example: Example;
let slow: Guest;
let workbench: Workbench;
let code: WorkbenchPage;

before(
  async () => {
    const host = await installVsCodeHost({ say: console.log });
    await build();
    lab = await openLab({ private: true, say: console.log });
    example = await prepareExample(lab, join(lab.stateDir, 'workspace'));
    workbench = await startWorkbench({
      host,
      open: example.folder,
      trust: true,
      machineSettings: { 'liveMigrate.ssh.configFile': example.sshConfig },
      env: { LIVEMIGRATE_STATE: join(lab.stateDir, 'state') },
    });
    const window = await openPage(workbench, { extensionDevelopmentPath: root });
    code = new WorkbenchPage(window, example.folder);
  },
  { timeout: 15 * 60_000 },
);

after(
  async () => {
    // What the screen showed last is worth more than any message.
    await (code as WorkbenchPage | undefined)?.screenshot('99-last').catch(() => undefined);
    await (code as WorkbenchPage | undefined)?.window.close();
    await (workbench as Workbench | undefined)?.close();
    await (lab as Lab | undefined)?.close();
  },
  { timeout: 120_000 },
);

test('the constraint that the example breaks is underlined on its line and listed in Problems', async () => {
  await code.openFile(descriptor);
  await code.editor.squiggles('error').first().waitFor();
  await code.problems.open();
  const row = code.problems.row('shareable-disk-copied');
  await row.waitFor();
  assert.match(await row.innerText(), /Disk vdb is shared by several guests[^]*\[Ln 17, Col 15\]/);
  await code.screenshot('01-mistake');
});

test('hovering over a key tells its meaning, its unit and the virsh option', async () => {
  const text = await code.editor.hover('bandwidth', '--bandwidth');
  assert.match(text, /--bandwidth/);
  await code.screenshot('02-hover');
});

test('one click mends it', async () => {
  await code.editor.applyQuickFix('vdb', 'Mark disk vdb as shared');
  await code.problems.waitUntilGone('shareable-disk-copied');
  await code.editor.save();
  const saved = await readFile(join(example.folder, descriptor), 'utf8');
  assert.match(saved, /- target: vdb\s+action: shared/);
  await code.screenshot('03-mended');
});

test('the Hosts view shows the hosts, the domain, its disks and its network', async () => {
  await code.openContainer('Live Migrate');
  const hosts = code.view('Hosts');
  await hosts.expand('kvm01', 'web01');
  await hosts.item(/vda/).waitFor(patience);
  await hosts.item(/vdb/).waitFor(patience);
  await hosts.expand('kvm02');
  await hosts.item(/No domains on this host/).waitFor(patience);
  await code.screenshot('04-hosts');
});

test('the dirty rate is measured from the lens above the file', async () => {
  await code.editor.showTab(descriptor);
  await code.editor.codeLens('Benchmark dirty rate').click();
  const text = await code.notifications.text(/web01 dirties/, patience.timeout);
  assert.match(text, /\d+(\.\d+)?MiB\/s/);
  await code.screenshot('05-dirty-rate');
  await code.notifications.clear();
});

test('the preflight asks both hosts, finds nothing against a launch, and names what nobody can see', async () => {
  await code.editor.showTab(descriptor);
  await code.editor.codeLens('Preflight').click();
  await code
    .view('Preflight')
    .item(/Passed/)
    .waitFor(patience);
  const verdict = 'Nothing found stands against a launch, but some checks could not be made.';
  await code.page.getByText(verdict).first().waitFor();
  // The bridges of the lab lead nowhere, so nothing shows that they are one network.
  await code
    .view('Preflight')
    .item(/nothing shows whether br-/)
    .waitFor(patience);
  assert.equal(
    (await code.view('Preflight').texts()).filter((text) => /error/i.test(text)).length,
    0,
  );
  await code.screenshot('06-preflight');
});

test('the preview shows every command before anything runs', async () => {
  await code.editor.showTab(descriptor);
  await code.editor.codeLens('Preview').click();
  await code.editor.tab(/Plan of web01/).waitFor(patience);
  await code.editorOf('Plan of web01').select('virsh -c qemu:///system migrate');
  await code.screenshot('07-preview');
  await code.editor.showTab(descriptor);
});

test('a launch shows the exact command, asks once, and ends with the guest on the destination', async () => {
  await code.editor.codeLens('Launch').click();
  const asked = await code.dialog.text();
  const question = `${asked.message}\n${asked.detail}`;
  assert.match(question, /Migrate web01 from kvm01 to kvm02\?/);
  assert.match(question, /--live \\\n\s+--p2p[^]*--copy-storage-all \\\n\s+--migrate-disks vda/);
  assert.match(question, /Creates \/var\/lib\/libvirt\/images\/web01-vda\.qcow2/);
  await code.screenshot('08-launch');
  await code.dialog.press('Launch');
  await code.statusBarItem(/web01 \d+ %/).waitFor(patience);
  await code.screenshot('09-running');
  const outcome = await code.notifications.text(/web01 runs on kvm02/, patience.timeout);
  assert.match(outcome, /pause \d+/);
  await code.screenshot('10-done');
});

test('what the editor said is so: it runs there and not here, and no byte is missing', async () => {
  const state = async (host: string): Promise<string> => {
    const { stdout } = await lab.exec(host, ['virsh', '-q', 'list', '--all', '--name']);
    return stdout.trim();
  };
  assert.equal(await state('kvm02'), 'web01');
  assert.equal(await state('kvm01'), '');
  assert.deepEqual(flaws(await example.guest.waitForTicks(3, 'kvm02')), []);
  const blocks = await lab.verifyDisk('kvm02', example.guest);
  assert.deepEqual([blocks.ok, blocks.lost], [true, 0]);
});

test('from the palette the next migration is prepared, and the one that goes is changed and switched', async () => {
  await lab.destroyGuest(example.guest);
  const busy = await lab.startGuest('kvm01', {
    name: 'busy01',
    memoryMiB: 256,
    dirtyMiBs: 20,
    workingSetMiB: 64,
    disks: [{ target: 'vda', at: 'shared', format: 'qcow2' }],
  });
  const virsh = async (...words: readonly string[]): Promise<string> =>
    (await lab.exec('kvm01', ['virsh', '-q', ...words])).stdout.trim();
  await writeFile(
    join(example.folder, 'busy01.migration.yaml'),
    'apiVersion: livemigrate/v1\nkind: Migration\ndomain: busy01\nsource: kvm01\ndestination: kvm02\nstorage: { mode: shared }\npolicy: { mode: post-copy-by-hand, bandwidth: 4MiB/s }\n',
  );
  await code.notifications.clear();
  await code.openFile('busy01.migration.yaml');

  await code.runCommand('Live Migrate: Migration Settings');
  const settings = 'Migration settings of busy01 on kvm01';
  await code.quickInput.row('bandwidth').filter({ hasText: 'no limit' }).waitFor(patience);
  await code.quickInput.choose('max-downtime', settings);
  await code.quickInput.answer('700ms', 'max-downtime');
  await code.quickInput.waitForStep(settings);
  await code.quickInput.row('max-downtime').filter({ hasText: '700ms' }).waitFor(patience);
  await code.screenshot('11-settings');
  await code.quickInput.dismiss();
  assert.match(await virsh('migrate-getmaxdowntime', 'busy01'), /^700/);

  await code.editor.codeLens('Launch').click();
  await code.dialog.press('Launch');
  await code.statusBarItem(/busy01 [1-9]\d* %/).waitFor(patience);
  await code.runCommand('Live Migrate: Change Limits of the Running Migration…');
  await code.quickInput.choose('busy01: kvm01 → kvm02');
  await code.quickInput.choose('Bandwidth');
  await code.quickInput.answer('6MiB/s', 'Bandwidth');
  await code.notifications.text(/Bandwidth changed from 4 to 6 MiB\/s/, patience.timeout);
  assert.equal(await virsh('migrate-getspeed', 'busy01'), '6');

  await code.runCommand('Live Migrate: Switch to Post-Copy…');
  await code.quickInput.choose('busy01: kvm01 → kvm02');
  assert.match((await code.dialog.text()).detail, /This cannot be undone or cancelled/);
  await code.screenshot('12-post-copy');
  await code.dialog.press('Switch to Post-Copy');
  await code.notifications.text(/busy01 runs on kvm02/, patience.timeout);
  await code.screenshot('13-switched');
  assert.deepEqual(flaws(await busy.waitForTicks(2, 'kvm02')), []);
  await lab.destroyGuest(busy);
});

test('launched from the editor and from the command line at once, one migration starts', async () => {
  const twice = await lab.startGuest('kvm01', {
    name: 'twice01',
    memoryMiB: 112,
    dirtyMiBs: 4,
    workingSetMiB: 16,
    disks: [{ target: 'vda', at: 'shared', format: 'qcow2' }],
  });
  const state = join(lab.stateDir, 'state');
  const file = 'twice01.migration.yaml';
  await writeFile(
    join(example.folder, file),
    'apiVersion: livemigrate/v1\nkind: Migration\ndomain: twice01\nsource: kvm01\ndestination: kvm02\nstorage: { mode: shared }\npolicy: { bandwidth: 8MiB/s }\n',
  );
  await code.notifications.clear();
  await code.openFile(file);
  await code.editor.codeLens('Launch').click();
  assert.match((await code.dialog.text()).message, /twice01/);
  const [answer] = await Promise.all([
    livemigrate({ ...example, state }, ['run', '--yes', file]),
    code.dialog.press('Launch'),
  ]);
  const runs = await until('an end of every run', patience.timeout, () => {
    const found = listRuns({ folder: state }).filter(({ plan }) => plan.domain === 'twice01');
    return found.length > 0 && found.every(({ outcome }) => outcome !== undefined)
      ? found
      : undefined;
  });
  const moved = runs.filter(({ launched }) => launched);
  assert.equal(moved.length, 1, JSON.stringify(runs.map(({ outcome }) => outcome)));
  assert.equal(moved[0]?.outcome?.result, 'completed');
  const fromTheEditor = moved[0].owner?.program !== 'cli';
  assert.equal(answer.code !== 0, fromTheEditor, answer.said);
  assert.deepEqual(flaws(await twice.waitForTicks(2, 'kvm02')), []);
  await code.screenshot('14-launched-twice');
  await lab.destroyGuest(twice);
});

test('an extension host that is restarted or killed does not end a migration, and the run is found again', async () => {
  slow = await lab.startGuest('kvm01', {
    name: 'slow01',
    memoryMiB: 256,
    dirtyMiBs: 1,
    workingSetMiB: 16,
    disks: [{ target: 'vda', at: 'shared', format: 'qcow2' }],
  });
  await writeFile(
    join(example.folder, 'slow01.migration.yaml'),
    'apiVersion: livemigrate/v1\nkind: Migration\ndomain: slow01\nsource: kvm01\ndestination: kvm02\nstorage: { mode: shared }\npolicy: { bandwidth: 1MiB/s }\n',
  );
  await code.notifications.clear();
  await code.openFile('slow01.migration.yaml');
  await code.editor.codeLens('Launch').click();
  await code.dialog.press('Launch');
  await code.statusBarItem(/slow01 [1-9]\d* %/).waitFor(patience);
  const first = workbench.extensionHosts();
  assert.notEqual(first.length, 0);
  await code.runCommand('Developer: Reload Window');
  const hosts = await until('another extension host', patience.timeout, () => {
    const now = workbench.extensionHosts();
    return now.length > 0 && now.every((pid) => !first.includes(pid)) ? now : undefined;
  });
  await code.statusBarItem(/slow01 [1-9]\d* %/).waitFor(patience);
  await code.screenshot('15-extension-host-restarted');
  for (const pid of hosts) process.kill(pid, 'SIGKILL');
  const { stdout } = await lab.exec('kvm01', ['virsh', 'domjobinfo', 'slow01']);
  assert.match(stdout, /Outgoing migration/, 'the migration went on without the editor');
  await code.screenshot('16-extension-host-killed');

  await code.page.reload();
  await code.page.locator('.monaco-workbench .part.statusbar').waitFor();
  await code.openContainer('Live Migrate');
  await code.view('Migrations').item('slow01 → kvm02').waitFor(patience);
  await code.screenshot('17-found-again');
  await lab.exec('kvm01', ['virsh', 'migrate-setspeed', 'slow01', '100']);
  await code.notifications.text(/slow01 runs on kvm02/, patience.timeout);
  await code.screenshot('18-found-again-done');
  assert.deepEqual(flaws(await slow.waitForTicks(2, 'kvm02')), []);
});
