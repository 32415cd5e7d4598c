import { Writable } from 'node:stream';

/**
 * A stream in front of another one that writes the header of a message together with its content. The
 * protocol's library writes them apart, so that the reader is woken for a header that it can do nothing
 * with, and on a busy machine takes the processor from the writer of the content.
 */
export function wholeMessages(output: Writable): Writable {
  let header: Buffer | undefined;
  const whole = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (header === undefined && isHeader(chunk)) {
        header = chunk;
        done();
        return;
      }
      const message = header === undefined ? chunk : Buffer.concat([header, chunk]);
      header = undefined;
      output.write(message, done);
    },
  });
  output.on('error', (error) => whole.destroy(error));
  output.on('close', () => whole.destroy());
  return whole;
}

function isHeader(chunk: Buffer): boolean {
  return chunk.subarray(-4).equals(endOfHeader);
}

const endOfHeader = Buffer.from('\r\n\r\n');
