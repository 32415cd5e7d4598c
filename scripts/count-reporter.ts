/**
 * A node:test reporter that writes one JSON object a line for each test that ended, so that what is
 * known of a suite that had to be ended is not lost.
 */
import type { TestEvent } from 'node:test/reporters';

/** A test that ended. */
export interface Told {
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly name: string;
  readonly file: string;
  /** Why it failed, as its error says. */
  readonly error?: string;
}

export default async function* countReporter(
  source: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    if (data.details.type === 'suite') continue;
    const { name, file = '' } = data;
    const told: Told =
      data.skip !== undefined || data.todo !== undefined
        ? { result: 'skipped', name, file }
        : event.type === 'test:pass'
          ? { result: 'passed', name, file }
          : { result: 'failed', name, file, error: errorOf(event.data.details.error) };
    yield `${JSON.stringify(told)}\n`;
  }
}

/** The runner wraps what a test threw. */
function errorOf(error: Error): string {
  const thrown: unknown = error.cause ?? error;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
