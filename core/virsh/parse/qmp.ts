import { parseJson } from './image.ts';

/** The answer of `virsh qemu-monitor-command`. virsh exits with 0 even when QEMU refuses. */
export type QmpAnswer =
  | { readonly kind: 'return'; readonly value: unknown }
  | { readonly kind: 'error'; readonly class: string; readonly description: string }
  /** Not JSON, or not an answer: virsh printed something else. */
  | { readonly kind: 'unreadable'; readonly text: string };

export function parseQmp(text: string): QmpAnswer {
  const answer = record(parseJson(text.trim()));
  if (answer === undefined) return { kind: 'unreadable', text };
  if ('return' in answer) return { kind: 'return', value: answer['return'] };
  const error = record(answer['error']);
  const description = error?.['desc'];
  if (error === undefined || typeof description !== 'string') return { kind: 'unreadable', text };
  const errorClass = error['class'];
  return {
    kind: 'error',
    class: typeof errorClass === 'string' ? errorClass : 'GenericError',
    description,
  };
}

/** `query-migrate-parameters`: the plain values; nested ones are left out. */
export function readMigrateParameters(
  answer: QmpAnswer,
): Readonly<Record<string, string | number | boolean>> | undefined {
  const values = answer.kind === 'return' ? record(answer.value) : undefined;
  if (values === undefined) return undefined;
  return Object.fromEntries(Object.entries(values).filter(isPlain));
}

/** `query-migrate-capabilities`: `[{capability, state}]`. */
export function readMigrateCapabilities(
  answer: QmpAnswer,
): Readonly<Record<string, boolean>> | undefined {
  if (answer.kind !== 'return' || !Array.isArray(answer.value)) return undefined;
  return Object.fromEntries(
    answer.value.flatMap((item: unknown) => {
      const entry = record(item);
      const name = entry?.['capability'];
      const state = entry?.['state'];
      return typeof name === 'string' && typeof state === 'boolean' ? [[name, state] as const] : [];
    }),
  );
}

/**
 * `blocked-reasons` of `query-migrate` (QEMU 6.0), absent there when nothing blocks. `undefined` when
 * QEMU did not answer; whether an old one would have told is for the caller to know.
 */
export function readMigrationBlockers(answer: QmpAnswer): readonly string[] | undefined {
  const value = answer.kind === 'return' ? record(answer.value) : undefined;
  if (value === undefined) return undefined;
  const reasons = value['blocked-reasons'];
  if (!Array.isArray(reasons)) return [];
  return reasons.filter((reason): reason is string => typeof reason === 'string');
}

export function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function isPlain(entry: [string, unknown]): entry is [string, string | number | boolean] {
  return ['string', 'number', 'boolean'].includes(typeof entry[1]);
}
