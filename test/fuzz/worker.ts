/** The thread that asks; who watches it sees which document it is at, and for how long. */
import { parentPort, workerData } from 'node:worker_threads';
import { brokenDocument, randomNumbers, samples } from './cases.ts';
import { askEverything } from './drive.ts';

export interface WorkerData {
  readonly folder: string | undefined;
  readonly seed: number;
  readonly from: number;
  readonly milliseconds: number;
  /** Holds the number of the current document. */
  readonly current: SharedArrayBuffer;
}

export interface WorkerReport {
  readonly done: number;
  readonly failures: readonly {
    readonly number: number;
    readonly error: string;
    readonly name: string;
    readonly text: string;
  }[];
}

/** Failures behind which a run ends: one mistake shows in many documents. */
const failureLimit = 10;

const { folder, seed, from, milliseconds, current } = workerData as WorkerData;
const list = samples(folder);
const around = samples(undefined).filter(({ name }) => /^(hosts|web01)\./.test(name));
const counter = new Int32Array(current);
const failures: WorkerReport['failures'][number][] = [];
const end = performance.now() + milliseconds;
let number = from;
for (; performance.now() < end && failures.length < failureLimit; number++) {
  Atomics.store(counter, 0, number);
  const random = randomNumbers(seed + number);
  const document = brokenDocument(list, random);
  try {
    askEverything(document, around, random);
  } catch (error) {
    failures.push({
      number,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      ...document,
    });
  }
}
parentPort?.postMessage({ done: number - from, failures } satisfies WorkerReport);
