/** The language server in a second editor: Debian's Neovim with the client that it brings. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findProgram, requireTools } from '../../scripts/debian-tools.ts';
import { files, migration } from '../protocol/samples.ts';

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'dist', 'livemigrate.cjs');
/** Milliseconds; each step of the session has its own bound below this one. */
const sessionLimit = 90_000;

interface Seen {
  readonly failure?: string;
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  readonly hover: string;
  readonly action: string;
  readonly fixed: string;
  readonly completion: readonly string[];
  readonly formatted: string;
  readonly renamed: string;
  readonly inventory: string;
  readonly definition: string;
}

let folder: string;
let seen: Seen;
before(async () => {
  requireTools({ nvim: 'neovim' });
  assert.ok(existsSync(program), `${program} is missing; run “npm run build”`);
  folder = mkdtempSync(join(tmpdir(), 'livemigrate-neovim-'));
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  const texts = {
    ...files,
    'move.migration.yaml': migration.replace('mixed', 'mixd'),
    'closed.migration.yaml': migration.replace('500MiB/s', '500'),
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(workspace, name), text);
  seen = await session(workspace);
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the session in a Neovim without any configuration of whoever runs the tests. */
async function session(workspace: string): Promise<Seen> {
  const result = join(folder, 'result.json');
  const script = join(import.meta.dirname, 'session.lua');
  const editor = spawn(
    findProgram('nvim') ?? 'nvim',
    ['--headless', '--clean', '-n', '-i', 'NONE', '-c', `luafile ${script}`],
    {
      cwd: workspace,
      env: {
        ...process.env,
        XDG_STATE_HOME: join(folder, 'state'),
        XDG_CACHE_HOME: join(folder, 'cache'),
        XDG_DATA_HOME: join(folder, 'data'),
        LIVEMIGRATE_FOLDER: workspace,
        LIVEMIGRATE_RESULT: result,
        LIVEMIGRATE_SERVER: JSON.stringify([process.execPath, program, 'lsp', '--stdio']),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [editor.stdout, editor.stderr]) {
    stream.on('data', (data: Buffer) => (output += data.toString()));
  }
  const limit = setTimeout(() => editor.kill('SIGKILL'), sessionLimit);
  const code = await new Promise<number | null>((resolve) => {
    editor.once('exit', resolve);
  });
  clearTimeout(limit);
  assert.ok(existsSync(result), `Neovim ended with ${String(code)}: ${output}`);
  const found = JSON.parse(readFileSync(result, 'utf8')) as Seen;
  assert.equal(found.failure, undefined, output);
  return found;
}

describe('in Neovim', () => {
  it('a broken descriptor has its mistake, and so has one that is not open', () => {
    assert.ok(seen.opened.includes('wrong-value'));
    assert.ok(seen.closed.includes('unit-missing'));
  });
  it('a key explains itself', () => {
    assert.match(seen.hover, /--bandwidth/);
  });
  it('a quick fix is applied', () => {
    assert.match(seen.action, /mixed/);
    assert.equal(seen.fixed, migration);
  });
  it('keys are completed', () => {
    for (const key of ['maxAge', 'dirtyRate', 'guestAgent'])
      assert.ok(seen.completion.includes(key));
  });
  it('formatting lays the text out and keeps comments', () => {
    assert.equal(seen.formatted, `# moved at night\n\n${migration}`);
  });
  it('a host is renamed in the migration and in the inventory', () => {
    assert.match(seen.renamed, /\ndestination: node-b\n/);
    assert.match(seen.inventory, /\n {2}- name: node-b\n/);
  });
  it('a disk leads to its element in the domain XML', () => {
    assert.match(seen.definition, /<disk /);
  });
});
