import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Editor } from './editor.ts';
import { files, migration } from './samples.ts';

const root = join(import.meta.dirname, '../..');
const programs: readonly (readonly [string, readonly string[]])[] = [
  ['server/main.ts', ['--stdio']],
  ['dist/server.cjs', ['--stdio']],
  ['dist/livemigrate.cjs', ['lsp', '--stdio']],
];

describe('the server as a process on stdio', () => {
  for (const [program, args] of programs) {
    it(`${program} ${args.join(' ')} finds the mistake, offers the fix, is clean after it, and ends`, async () => {
      assert.ok(existsSync(join(root, program)), `${program} is missing; run “npm run build”`);
      const server = spawn(process.execPath, [join(root, program), ...args], { cwd: root });
      const stderr: string[] = [];
      server.stderr.on('data', (data: Buffer) => stderr.push(data.toString()));
      const ended = new Promise<number | null>((resolve) => {
        server.once('exit', resolve);
      });
      try {
        const editor = await Editor.start({
          files,
          server: { input: server.stdin, output: server.stdout },
        });
        const uri = await editor.open('a.migration.yaml', migration.replace('mixed', 'mixd'));
        const [found] = await editor.diagnosticsOf(uri, (all) =>
          all.some(({ code }) => code === 'wrong-value'),
        );
        assert.ok(found);
        assert.deepEqual(found.range.start, editor.position(uri, 'mixd'));
        const href = found.codeDescription?.href ?? '';
        assert.ok(href.startsWith('file:') && href.endsWith('/docs/rules/wrong-value.md'), href);
        const [action] = await editor.request<{ edit: { changes: Record<string, never[]> } }[]>(
          'textDocument/codeAction',
          { textDocument: { uri }, range: found.range, context: { diagnostics: [found] } },
        );
        assert.ok(action);
        await editor.edit(uri, action.edit.changes[uri] ?? []);
        assert.equal(editor.document(uri).getText(), migration);
        await editor.diagnosticsOf(uri, (all) => all.every(({ severity }) => severity !== 1));
        await editor.request('shutdown', null);
        await editor.connection.sendNotification('exit');
        assert.equal(await ended, 0, stderr.join(''));
        editor.connection.dispose();
        assert.equal(stderr.join(''), '');
      } finally {
        server.kill();
      }
    });
  }

  it('ends when its client is gone', async () => {
    const server = spawn(process.execPath, [join(root, 'server/main.ts'), '--stdio'], {
      cwd: root,
    });
    const ended = new Promise<string>((resolve, reject) => {
      server.once('exit', () => {
        resolve('ended');
      });
      setTimeout(() => {
        reject(new Error('the server lives on without its client'));
      }, 8000).unref();
    });
    try {
      server.stdin.end();
      assert.equal(await ended, 'ended');
    } finally {
      server.kill();
    }
  });
});
