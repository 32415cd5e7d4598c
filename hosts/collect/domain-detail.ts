import {
  parseQmp,
  readMigrateCapabilities,
  readMigrateParameters,
  readMigrationBlockers,
} from '../../core/virsh/parse/qmp.ts';
import { parseBatch, virshError } from '../../core/virsh/parse/sections.ts';
import type { Section } from '../../core/virsh/parse/sections.ts';
import type { MonitorFacts } from './detail-part.ts';

/** What the QEMU of each domain that was asked said, by UUID. */
export function readMonitors(sections: readonly Section[]): ReadonlyMap<string, MonitorFacts> {
  const monitors = new Map<string, MonitorFacts>();
  let uuid: string | undefined;
  for (const { name, code, out } of sections) {
    if (name === 'monitor') {
      uuid = out;
      monitors.set(uuid, { parameters: undefined, capabilities: undefined, blockers: undefined });
    }
    const facts = uuid === undefined ? undefined : monitors.get(uuid);
    if (uuid === undefined || facts === undefined || code !== 0) continue;
    const answer = parseQmp(out);
    if (name === 'parameters')
      monitors.set(uuid, { ...facts, parameters: readMigrateParameters(answer) });
    if (name === 'monitor-capabilities')
      monitors.set(uuid, { ...facts, capabilities: readMigrateCapabilities(answer) });
    if (name === 'migration')
      monitors.set(uuid, { ...facts, blockers: readMigrationBlockers(answer) });
  }
  return monitors;
}

/**
 * Disks with a block job, by UUID of the domain. `virsh blockjob --raw` prints nothing where there is
 * none and its `type` where there is one. A domain with a disk that did not answer is left out.
 */
export function readBlockJobs(
  sections: readonly Section[],
  mark: string,
): ReadonlyMap<string, readonly string[]> {
  const text = sections.find(({ name }) => name === 'jobs')?.out ?? '';
  const answers = parseBatch(text, mark);
  const found = new Map<string, readonly string[]>();
  if (!answers.has('-')) return found;
  for (const [uuid, targets] of answers) {
    if (uuid === '-') continue;
    const all = [...targets];
    if (all.some(([, answer]) => virshError(answer) !== undefined)) continue;
    found.set(
      uuid,
      all.flatMap(([target, answer]) => (/^\s*type=/m.test(answer) ? [target] : [])),
    );
  }
  return found;
}

/** Of each domain whose status file could be read, by name. */
export function readRebooting(sections: readonly Section[]): ReadonlyMap<string, boolean> {
  return new Map(
    sections.flatMap(({ name, code, out }) => {
      const domain = /^name (.*)$/m.exec(out)?.[1];
      if (name !== 'status' || code !== 0 || domain === undefined) return [];
      return [[domain, /^rebooting$/m.test(out)] as const];
    }),
  );
}
