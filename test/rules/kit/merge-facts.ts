import type { FactsSnapshot } from '../../../core/facts/snapshot.ts';
import { baseFacts, collectedAt } from './base-facts.ts';

type Json =
  string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/**
 * A snapshot from a partial one: what it says replaces the base, the rest stays. Parts are written
 * without their answer (`capacity: { cpus: 2 }`); `unknown: why` stands for a failed answer; an
 * image `{ kind: missing }` keeps only its file system; a new image begins as a copy of vda's;
 * `age: 1200` makes a host's facts that many seconds older.
 */
export function mergeFacts(partial: JsonObject): FactsSnapshot {
  const base = baseFacts() as unknown as { hosts: JsonObject };
  const hosts: Record<string, Json> = { ...base.hosts };
  for (const [name, changes] of Object.entries(partial)) {
    const host = base.hosts[name];
    if (!isObject(host) || !isObject(changes)) throw new Error(`no such host in the base: ${name}`);
    hosts[name] = mergeHost(host, changes);
  }
  return { format: 'livemigrate-facts/1', hosts } as unknown as FactsSnapshot;
}

function mergeHost(host: JsonObject, changes: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...host };
  for (const [part, change] of Object.entries(changes)) {
    if (part === 'age') merged['at'] = collectedAt - Number(change) * 1000;
    else if (part === 'unreachable') merged[part] = change;
    else if (part === 'images') merged[part] = mergeImages(asObject(host[part]), asObject(change));
    else if (part === 'files' || part === 'peers')
      merged[part] = mergeNamed(asObject(host[part]), asObject(change));
    else merged[part] = mergeAnswer(asObject(host[part]), change);
  }
  return merged;
}

function mergeImages(images: JsonObject, changes: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...images };
  const model = asObject(images['/images/vda.qcow2']);
  for (const [path, change] of Object.entries(changes)) {
    merged[path] =
      change === null ? undefined : mergeImage(asObject(images[path] ?? model), asObject(change));
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

/** Answers by name; `null` takes one away, a new one needs no base. */
function mergeNamed(answers: JsonObject, changes: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...answers };
  for (const [name, change] of Object.entries(changes)) {
    const base = asObject(answers[name] ?? { ok: true, from: 'stat', value: {} });
    merged[name] = change === null ? undefined : mergeAnswer(base, change);
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

function mergeImage(image: JsonObject, change: JsonObject): JsonObject {
  const merged = mergeAnswer(image, change);
  const value = asObject(merged['value'] ?? {});
  if (value['kind'] !== 'missing') return merged;
  return { ...merged, value: { kind: 'missing', backing: [], filesystem: value['filesystem'] } };
}

function mergeAnswer(answer: JsonObject, change: Json): JsonObject {
  if (isObject(change) && 'unknown' in change) {
    return { ok: false, why: change['unknown'], from: answer['from'] };
  }
  return { ...answer, value: merge(answer['value'], change) };
}

/** Objects are merged key by key; a list of objects item by item; everything else is replaced. */
function merge(base: Json, change: Json): Json {
  if (Array.isArray(base) && Array.isArray(change) && change.every(isObject)) {
    return change.map((item: JsonObject, index) => merge((base as readonly Json[])[index], item));
  }
  if (!isObject(base) || !isObject(change)) return change === null ? undefined : change;
  const merged: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(change)) merged[key] = merge(base[key], value);
  return merged;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: Json): JsonObject {
  if (!isObject(value)) throw new Error(`a mapping is expected, not ${JSON.stringify(value)}`);
  return value;
}
