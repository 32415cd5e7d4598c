/**
 * Loaded into each test file by `scripts/test.ts`: a file whose tests have all ended and that still
 * does not end, because of a connection or a timer that was left open, is ended and has failed.
 */
import { after } from 'node:test';

/** Milliseconds that a file has after its last test; bringing two hosts down takes half a minute. */
const patience = 180_000;

// The process that runs the files loads this as well, and has no test of its own.
if (process.env['NODE_TEST_CONTEXT'] !== undefined) {
  after(() => {
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().join(', ');
      console.error(`${process.argv[1] ?? ''} does not end after its last test; open: ${open}`);
      process.exit(1);
    }, patience).unref();
  });
}
