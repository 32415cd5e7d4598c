import type { Plan } from './plan.ts';

/** SHA-256 of a text in hex; core has no cryptography of its own, the edges bring it. */
export type Hash = (text: string) => string;

/**
 * JSON in which equal values have equal texts: keys sorted by code unit, keys without a value left
 * out, no white space. A plan that went through a file and back keeps its text.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The digest that belongs to the content of a plan; an existing `digest` is not part of it. */
export function planDigest(plan: Omit<Plan, 'digest'>, hash: Hash): string {
  return hash(canonicalJson({ ...plan, digest: undefined }));
}
