import { say } from '../core/messages.ts';
import { describeCapabilities } from '../core/migration-parameters/capabilities.ts';
import type { CapabilityRow } from '../core/migration-parameters/capabilities.ts';
import { describeParameters } from '../core/migration-parameters/parameters.ts';
import type { ParameterRow, ParameterValue } from '../core/migration-parameters/parameters.ts';
import { monitorCommand } from '../core/virsh/dirty-rate.ts';
import {
  getMaxDowntimeCommand,
  getSpeedCommand,
  setMaxDowntimeCommand,
  setSpeedCommand,
  virsh,
} from '../core/virsh/domain-commands.ts';
import type { QmpAnswer } from '../core/virsh/parse/qmp.ts';
import { readMigrateCapabilities, readMigrateParameters } from '../core/virsh/parse/qmp.ts';
import { DomainAccess } from './domain-access.ts';
import type { DomainIdentity } from './domain-access.ts';
import type { HostSession } from './session.ts';

/** What a running domain's QEMU and libvirt hold ready for its next migration. */
export interface MigrationSettings {
  readonly host: string;
  readonly domain: DomainIdentity;
  /**
   * libvirt's own limit, bytes per second; it is kept in the daemon, beyond the migration. Undefined
   * where there is none: libvirt then says its highest number.
   */
  readonly bandwidth: number | undefined;
  readonly maxDowntimeMs: number;
  readonly parameters: readonly ParameterRow[];
  readonly capabilities: readonly CapabilityRow[];
}

export interface MigrationSettingsChange {
  /** Whole MiB per second, 1 to 8796093022207. */
  readonly bandwidthMiB?: number;
  /** 1 to 2000000. */
  readonly maxDowntimeMs?: number;
  /** QMP `migrate-set-parameters`: the type of each value is that of the one it replaces. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly capabilities?: Readonly<Record<string, boolean>>;
}

const mebibyte = 1024 * 1024;
/** MiB per second that libvirt answers where no limit was ever set (INT64_MAX bytes). */
const noLimit = 8796093022207;

function limitOf(mebibytes: number): number | undefined {
  return mebibytes >= noLimit ? undefined : mebibytes * mebibyte;
}

/**
 * Reads the settings of the domain of this name or UUID.
 * @throws HostError; `operation` when the domain does not run or libvirt refuses
 */
export async function readMigrationSettings(
  session: HostSession,
  domain: string,
  signal?: AbortSignal,
): Promise<MigrationSettings> {
  const domains = new DomainAccess(session, signal);
  return readOf(domains, await domains.find(domain));
}

/**
 * Changes settings one after another and reads all of them again.
 * @throws HostError with what libvirt or QEMU said; changes before the refused one stay
 */
export async function changeMigrationSettings(
  session: HostSession,
  domain: string,
  change: MigrationSettingsChange,
  signal?: AbortSignal,
): Promise<MigrationSettings> {
  const domains = new DomainAccess(session, signal);
  const identity = await domains.find(domain);
  const { uuid } = identity;
  const before = await readOf(domains, identity);
  // All values are judged before the first is set.
  const parameters = Object.entries(change.parameters ?? {}).map(
    ([name, text]) => [name, typedValue(domains, before, name, text)] as const,
  );
  const capabilities = Object.entries(change.capabilities ?? {}).map(([capability, state]) => {
    if (!before.capabilities.some(({ name }) => name === capability))
      throw domains.error(say('The QEMU of {0} has no capability {1}.', identity.name, capability));
    return { capability, state };
  });
  if (change.maxDowntimeMs !== undefined)
    await domains.run(setMaxDowntimeCommand(uuid, change.maxDowntimeMs));
  if (change.bandwidthMiB !== undefined)
    await domains.run(setSpeedCommand(uuid, change.bandwidthMiB));
  if (parameters.length > 0)
    await set(domains, uuid, 'migrate-set-parameters', Object.fromEntries(parameters));
  if (capabilities.length > 0)
    await set(domains, uuid, 'migrate-set-capabilities', { capabilities });
  return readOf(domains, identity);
}

async function readOf(domains: DomainAccess, domain: DomainIdentity): Promise<MigrationSettings> {
  const { uuid } = domain;
  const [downtime, speed, parameters, capabilities] = await Promise.all([
    domains.run(getMaxDowntimeCommand(uuid)),
    domains.run(getSpeedCommand(uuid)),
    domains.ask(monitorCommand(uuid, 'query-migrate-parameters')),
    domains.ask(monitorCommand(uuid, 'query-migrate-capabilities')),
  ]);
  const values = readMigrateParameters(parameters);
  const states = readMigrateCapabilities(capabilities);
  if (values === undefined) throw refusal(domains, parameters);
  if (states === undefined) throw refusal(domains, capabilities);
  return {
    host: domains.host,
    domain,
    bandwidth: limitOf(numberOf(domains, speed)),
    maxDowntimeMs: numberOf(domains, downtime),
    parameters: describeParameters(values),
    capabilities: describeCapabilities(states),
  };
}

function numberOf(domains: DomainAccess, text: string): number {
  const number = /^\s*(\d+)\s*$/.exec(text)?.[1];
  if (number === undefined)
    throw domains.error(say('libvirt on {0} refused: {1}', domains.host, text.trim()));
  return Number(number);
}

async function set(
  domains: DomainAccess,
  uuid: string,
  execute: string,
  args: Readonly<Record<string, unknown>>,
): Promise<void> {
  const request = JSON.stringify({ execute, arguments: args });
  const answer = await domains.ask(
    virsh('qemu-monitor-command', '--domain', uuid, '--cmd', request),
  );
  if (answer.kind !== 'return') throw refusal(domains, answer);
}

function refusal(domains: DomainAccess, answer: QmpAnswer) {
  const said =
    answer.kind === 'error'
      ? answer.description
      : answer.kind === 'unreadable'
        ? answer.text.trim()
        : JSON.stringify(answer.value);
  return domains.error(say('QEMU on {0} refused: {1}', domains.host, said));
}

/** QEMU takes no text for a number: the value gets the type of the one it replaces. */
function typedValue(
  domains: DomainAccess,
  { domain, parameters }: MigrationSettings,
  name: string,
  text: string,
): ParameterValue {
  const row = parameters.find((each) => each.name === name);
  if (row === undefined)
    throw domains.error(say('The QEMU of {0} has no parameter {1}.', domain.name, name));
  const wrong = () =>
    domains.error(say('{0} takes a value such as {1}, not “{2}”.', name, String(row.raw), text));
  if (typeof row.raw === 'string') return text;
  if (typeof row.raw === 'boolean') {
    if (text !== 'true' && text !== 'false') throw wrong();
    return text === 'true';
  }
  if (!/^\d+$/.test(text)) throw wrong();
  return Number(text);
}
