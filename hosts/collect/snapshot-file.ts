import { readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { FactsSnapshot } from '../../core/facts/snapshot.ts';
import { render, say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import { HostError, reasonOf } from '../host-error.ts';
import {
  absent,
  amount,
  answerOf,
  laterDomainParts,
  laterParts,
  text,
  texts,
} from './host-facts-schema.ts';

/** Far above any real snapshot: one of a thousand domains is some 20 MB. */
const maxBytes = 256 * 1024 * 1024;

export type SnapshotResult =
  | { readonly ok: true; readonly snapshot: FactsSnapshot }
  | { readonly ok: false; readonly problem: Message };

/** Reads the text of a snapshot file, trusting nothing in it. */
export function parseSnapshot(text: string): SnapshotResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: say('This is not JSON: {0}', reasonOf(error)) };
  }
  const result = v.safeParse(snapshotSchema, json);
  if (result.success) return { ok: true, snapshot: result.output };
  const [issue] = result.issues;
  const format = (json as { format?: unknown } | null)?.format;
  if (format !== 'livemigrate-facts/1')
    return {
      ok: false,
      problem: say(
        'This is not a facts file that `livemigrate facts` wrote: its format is not livemigrate-facts/1.',
      ),
    };
  return { ok: false, problem: say('{0}: {1}', v.getDotPath(issue) ?? '/', issue.message) };
}

/** Reads a facts file. Throws HostError `configuration` that names the file. */
export function readSnapshotFile(path: string): FactsSnapshot {
  const result = parseSnapshot(contents(path));
  if (result.ok) return result.snapshot;
  throw unusable(path, render(result.problem));
}

function contents(path: string): string {
  try {
    const found = statSync(path);
    if (!found.isFile() || found.size > maxBytes)
      throw new Error('it is not a file of at most 256 MiB');
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(path, reasonOf(error));
  }
}

function unusable(path: string, why: string): HostError {
  return new HostError(
    'configuration',
    path,
    say('The facts file {0} cannot be used: {1}', path, why),
  );
}

/** Writes a facts file; readable by its owner only, for domain XML can tell much about a site. */
export async function writeSnapshotFile(path: string, snapshot: FactsSnapshot): Promise<void> {
  await writeFile(path, `${JSON.stringify(snapshot, null, 2)}\n`, { mode: 0o600 });
}

const identity = v.object({ hostname: text, uuid: text, bootId: text });
const versions = v.object({ libvirt: text, qemu: text, migrateOptions: texts });
const capacity = v.object({ cpus: amount, memoryTotal: amount, memoryAvailable: amount });
const cpu = v.object({
  arch: text,
  model: absent(text),
  vendor: absent(text),
  modelName: absent(text),
  features: texts,
  machines: texts,
  usableModels: texts,
});
const network = v.object({
  name: text,
  active: v.boolean(),
  bridge: absent(text),
  forward: v.exactOptional(text),
});
const pool = v.object({
  name: text,
  active: v.boolean(),
  path: absent(text),
  available: absent(amount),
});
const domain = v.object({
  name: text,
  uuid: text,
  state: text,
  persistent: v.boolean(),
  snapshots: amount,
  xml: text,
  job: absent(text),
  maxDowntimeMs: absent(amount),
  parameters: absent(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
  capabilities: absent(v.record(v.string(), v.boolean())),
  guestAgent: absent(v.boolean()),
  ...laterDomainParts,
});
const imageKind = v.picklist(['file', 'block', 'directory', 'other', 'missing']);
const filesystem = v.object({
  type: text,
  source: text,
  mountPoint: text,
  id: text,
  available: amount,
});
const image = v.object({
  kind: imageKind,
  virtualSize: absent(amount),
  format: absent(text),
  allocated: absent(amount),
  backing: texts,
  filesystem: absent(filesystem),
  inode: absent(text),
  modified: absent(text),
  deviceIdentity: absent(text),
  probed: absent(v.boolean()),
  layers: v.exactOptional(
    v.array(
      v.object({
        path: text,
        format: text,
        virtualSize: amount,
        kind: imageKind,
        inode: absent(text),
        modified: absent(text),
        deviceIdentity: absent(text),
        filesystem: absent(filesystem),
      }),
    ),
  ),
});
const host = v.object({
  name: text,
  at: v.number(),
  unreachable: v.exactOptional(text),
  identity: answerOf(identity),
  versions: answerOf(versions),
  capacity: answerOf(capacity),
  cpu: answerOf(cpu),
  networks: answerOf(v.array(network)),
  bridges: answerOf(texts),
  pools: answerOf(v.array(pool)),
  domains: answerOf(v.array(domain)),
  images: v.record(v.string(), answerOf(image)),
  ...laterParts,
});
const snapshotSchema = v.object({
  format: v.literal('livemigrate-facts/1'),
  hosts: v.record(v.string(), host),
});
