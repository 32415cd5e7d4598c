/**
 * Broken documents must never crash or hang anything.
 *
 * LIVEMIGRATE_FUZZ_DIR=FOLDER takes the YAML and XML of a folder instead of the project's samples,
 * LIVEMIGRATE_FUZZ_SECONDS=N goes on for longer, LIVEMIGRATE_FUZZ_SEED=N makes other documents.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Editor } from '../protocol/editor.ts';
import { brokenDocument, below, randomNumbers, samples } from './cases.ts';
import type { WorkerData, WorkerReport } from './worker.ts';

const folder = process.env['LIVEMIGRATE_FUZZ_DIR'];
const seconds = Number(process.env['LIVEMIGRATE_FUZZ_SECONDS'] ?? '6');
const seed = Number(process.env['LIVEMIGRATE_FUZZ_SEED'] ?? '20240229') >>> 0;
/** Milliseconds after which a document that is still not answered for hangs. */
const hangs = 20_000;

/** Runs the worker until its time is over; a document that hangs is named and counts as failed. */
function fuzzed(milliseconds: number): Promise<WorkerReport> {
  const current = new SharedArrayBuffer(4);
  const counter = new Int32Array(current);
  const data: WorkerData = { folder, seed, from: 0, milliseconds, current };
  const worker = new Worker(join(import.meta.dirname, 'worker.ts'), { workerData: data });
  return new Promise((resolve, reject) => {
    let last = -1;
    let since = Date.now();
    const watch = setInterval(() => {
      const now = Atomics.load(counter, 0);
      if (now !== last) {
        last = now;
        since = Date.now();
      } else if (Date.now() - since > hangs) {
        clearInterval(watch);
        const document = brokenDocument(samples(folder), randomNumbers(seed + now));
        resolve({ done: now, failures: [{ number: now, error: 'it hangs', ...document }] });
        void worker.terminate();
      }
    }, 250);
    const finish = (): void => {
      clearInterval(watch);
    };
    worker.once('message', (report: WorkerReport) => {
      finish();
      resolve(report);
    });
    worker.once('error', (error) => {
      finish();
      reject(error instanceof Error ? error : new Error(String(error)));
    });
    worker.once('exit', finish);
  });
}

describe('broken documents', () => {
  it('get an answer within their text to everything that an editor can ask', async () => {
    const { done, failures } = await fuzzed(seconds * 1000);
    assert.deepEqual(
      failures.map(
        ({ number, error, name, text }) => `${String(number)} ${name}: ${error}\n${text}`,
      ),
      [],
    );
    assert.ok(done > 20, `${String(done)} documents`);
  });

  it('leave the server alive on stdio, typed change by change', async () => {
    const program = join(import.meta.dirname, '../../server/main.ts');
    const server = spawn(process.execPath, [program, '--stdio']);
    const stderr: string[] = [];
    server.stderr.on('data', (data: Buffer) => stderr.push(data.toString()));
    const random = randomNumbers(seed);
    const list = samples(folder);
    try {
      const editor = await Editor.start({
        server: { input: server.stdin, output: server.stdout },
      });
      const end = performance.now() + Math.max(3, seconds / 2) * 1000;
      let documents = 0;
      while (performance.now() < end) {
        const { name, text } = brokenDocument(list, random);
        const language = name.endsWith('.xml') ? 'libvirt-domain' : 'live-migration';
        const uri = await editor.open(name, text, language);
        await editor.diagnosticsOf(uri);
        for (let change = 0; change < 4; change++) {
          const document = editor.document(uri);
          const start = below(random, document.getText().length + 1);
          const range = {
            start: document.positionAt(start),
            end: document.positionAt(start + below(random, 30)),
          };
          await editor.edit(uri, [{ range, newText: ['<', ': ', '', '\n', '"'][change] ?? '' }]);
          const position = editor.document(uri).positionAt(start + 1);
          for (const method of ['textDocument/completion', 'textDocument/hover']) {
            await editor.request(method, { textDocument: { uri }, position });
          }
          await editor.request('textDocument/documentSymbol', { textDocument: { uri } });
        }
        await editor.close(uri);
        documents++;
      }
      await editor.request('shutdown', null);
      assert.deepEqual(
        editor.log.filter((line) => /failed/.test(line)),
        [],
      );
      assert.ok(documents > 3, `${String(documents)} documents`);
      editor.connection.dispose();
    } finally {
      server.kill();
    }
    assert.equal(stderr.join(''), '');
  });
});
