import * as v from 'valibot';

/** Building blocks of the snapshot's schema; JSON has no `undefined`, so absent means missing. */
export const text = v.pipe(v.string(), v.maxLength(16 * 1024 * 1024));
export const amount = v.pipe(v.number(), v.minValue(0));
export const texts = v.array(text);
export const absent = <const T extends v.GenericSchema>(schema: T) =>
  v.optional(schema, () => undefined);

export function answerOf<T extends v.GenericSchema>(value: T) {
  return v.variant('ok', [
    v.object({ ok: v.literal(true), value, from: text }),
    v.object({ ok: v.literal(false), why: text, from: text }),
  ]);
}

const hugePages = v.array(v.object({ size: amount, total: amount, free: amount }));
const topology = v.object({
  cpus: text,
  nodes: v.array(
    v.object({ id: amount, cpus: text, memoryTotal: amount, memoryFree: amount, hugePages }),
  ),
  hugePages,
  hugePageMounts: texts,
});
const networkInterface = v.object({
  name: text,
  kind: absent(text),
  mac: absent(text),
  mtu: absent(amount),
  up: v.boolean(),
  master: absent(text),
  parent: absent(text),
  vlan: absent(amount),
  addresses: texts,
  gateways: v.array(v.object({ address: text, mac: absent(text) })),
  speed: absent(amount),
});
const configuration = v.object({
  migrationPorts: v.object({ first: amount, last: amount }),
  migrationAddress: absent(text),
  migrationHost: absent(text),
  tlsVerify: v.boolean(),
  tlsForce: v.boolean(),
  lockManager: absent(text),
  sharedFilesystems: texts,
  user: absent(text),
});
const certificateFile = v.object({
  state: v.picklist(['present', 'missing', 'unreadable']),
  certificate: absent(
    v.object({
      commonName: absent(text),
      dnsNames: texts,
      addresses: texts,
      validFrom: v.number(),
      validTo: v.number(),
      validity: v.picklist(['valid', 'expired', 'not-yet-valid']),
      fingerprints: texts,
      issuedByOwnCa: absent(v.boolean()),
      issuer: absent(text),
    }),
  ),
});
const key = v.picklist(['present', 'missing']);
const certificates = v.object({
  folder: text,
  ca: certificateFile,
  server: certificateFile,
  client: certificateFile,
  serverKey: key,
  clientKey: key,
});
const kind = v.picklist(['file', 'block', 'directory', 'other', 'missing']);
const portState = v.picklist([
  'open',
  'refused',
  'silent',
  'unreachable',
  'unresolvable',
  'unknown',
]);
const peer = v.object({
  uri: absent(text),
  connection: absent(v.object({ connects: v.boolean(), said: absent(text) })),
  ports: v.array(v.object({ host: text, port: amount, state: portState })),
  roundTrip: absent(v.object({ milliseconds: amount, loss: amount })),
  through: absent(v.object({ name: text, speed: absent(amount) })),
});

/** Parts that a snapshot of an older version does not have. */
export const laterParts = {
  access: v.exactOptional(
    answerOf(v.object({ user: text, libvirt: v.boolean(), said: absent(text) })),
  ),
  clock: v.exactOptional(answerOf(v.object({ ahead: v.number(), uncertainty: amount }))),
  power: v.exactOptional(
    answerOf(
      v.object({
        scheduled: absent(v.object({ mode: text, at: absent(v.number()) })),
        stopping: v.boolean(),
      }),
    ),
  ),
  pressure: v.exactOptional(
    answerOf(
      v.object({
        load: v.tuple([amount, amount, amount]),
        cpus: amount,
        stalls: absent(v.object({ cpuSome: amount, memoryFull: amount, ioFull: amount })),
      }),
    ),
  ),
  kernel: v.exactOptional(
    answerOf(
      v.object({
        release: text,
        unprivilegedUserfaultfd: absent(amount),
        overcommitMemory: absent(amount),
      }),
    ),
  ),
  topology: v.exactOptional(answerOf(topology)),
  interfaces: v.exactOptional(answerOf(v.array(networkInterface))),
  ports: v.exactOptional(answerOf(v.array(amount))),
  emulation: v.exactOptional(
    answerOf(
      v.object({
        emulators: v.array(v.object({ arch: text, path: text })),
        securityModels: texts,
        migrationTransports: texts,
      }),
    ),
  ),
  configuration: v.exactOptional(answerOf(configuration)),
  certificates: v.exactOptional(answerOf(certificates)),
  secrets: v.exactOptional(answerOf(v.array(v.object({ uuid: text, usage: text })))),
  tpm: v.exactOptional(
    answerOf(v.object({ installed: v.boolean(), version: absent(text), features: texts })),
  ),
  files: v.exactOptional(
    v.record(v.string(), answerOf(v.object({ kind, filesystem: absent(text) }))),
  ),
  peers: v.exactOptional(v.record(v.string(), answerOf(peer))),
};

/** What a domain may tell beyond its inventory. */
export const laterDomainParts = {
  reason: v.exactOptional(text),
  checkpoints: v.exactOptional(amount),
  blockJobs: v.exactOptional(texts),
  blockers: v.exactOptional(texts),
  dirtyRate: v.exactOptional(
    v.object({
      bytesPerSecond: amount,
      at: absent(v.number()),
      calcTimeSeconds: absent(amount),
      mode: text,
    }),
  ),
  rebooting: v.exactOptional(v.boolean()),
};
