import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { StreamMessageWriter } from 'vscode-languageserver/node';
import { wholeMessages } from '../../../server/whole-messages.ts';

/** A stream that keeps the chunks that reach it. */
function collecting(): { output: Writable; chunks: string[] } {
  const chunks: string[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { output, chunks };
}

test('a message of the protocol’s library reaches the output in one piece, each by itself', async () => {
  const { output, chunks } = collecting();
  const writer = new StreamMessageWriter(wholeMessages(output));
  const first = { jsonrpc: '2.0', method: 'first', params: ['\r\n\r\n', '磁盘'] };
  await Promise.all([writer.write(first), writer.write({ jsonrpc: '2.0' })]);
  const content = JSON.stringify(first);
  assert.deepEqual(chunks, [
    `Content-Length: ${String(Buffer.byteLength(content))}\r\n\r\n${content}`,
    'Content-Length: 17\r\n\r\n{"jsonrpc":"2.0"}',
  ]);
});

test('what is no header is not held back', async () => {
  const { output, chunks } = collecting();
  const whole = wholeMessages(output);
  await new Promise((resolve) => whole.write('{}', resolve));
  assert.deepEqual(chunks, ['{}']);
});

test('a reader that is gone is told to the writer', async () => {
  const output = new PassThrough();
  const writer = new StreamMessageWriter(wholeMessages(output));
  const told = new Promise((resolve) => {
    writer.onError(([error]) => {
      resolve(error.message);
    });
  });
  output.destroy(new Error('EPIPE'));
  assert.equal(await told, 'EPIPE');
});
