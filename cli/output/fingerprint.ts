import { createHash } from 'node:crypto';
import { keyText } from '../check/finding-key.ts';
import type { FindingKey } from '../check/finding-key.ts';

/** A hash of the key and of how many equal findings come before: what code scanning goes by. */
export function fingerprint(key: FindingKey, occurrence: number): string {
  return createHash('sha256')
    .update(keyText(key))
    .update(`:${String(occurrence)}`)
    .digest('hex');
}
