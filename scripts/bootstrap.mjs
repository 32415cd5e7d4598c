// Runs with whatever Node the machine has (20 or newer): installs the npm packages when they are
// missing or outdated, then hands over to the Node that the project pins, which runs TypeScript.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [script, ...args] = process.argv.slice(2);

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`Live Migrate needs Node 20 or newer; this is ${process.version}.`);
  process.exit(2);
}

const lock = readFileSync(join(root, 'package-lock.json'));
const stamp = join(root, 'node_modules', '.installed-for');
const wanted = createHash('sha256').update(lock).digest('hex');
const pinnedNode = join(
  root,
  'node_modules',
  '.bin',
  process.platform === 'win32' ? 'node.cmd' : 'node',
);

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted || !existsSync(pinnedNode)) {
  console.error('Installing npm packages …');
  install();
  writeFileSync(stamp, wanted);
}

const child = spawn(pinnedNode, [join(root, script), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}` },
});
// The program cleans up after itself when it is interrupted; this process waits for it. Ctrl+C reaches
// it by itself, as it is in the same foreground group.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => {
  console.error(error.message);
  process.exit(2);
});
child.once('exit', (code) => process.exit(code ?? 1));

/** A registry can fail for a moment; three tries, then the error stands. */
function install() {
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    if (status === 0 && existsSync(pinnedNode)) return;
    console.error(`npm ci did not succeed (attempt ${attempt} of 3).`);
  }
  console.error('The npm packages could not be installed. Run “npm ci” to see why.');
  process.exit(2);
}
