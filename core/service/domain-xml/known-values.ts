import type { Answer, HostSnapshot } from '../../facts/snapshot.ts';
import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';
import type { ServiceContext } from '../context.ts';
import type { DomainXml } from '../parse-cache.ts';
import { namesOfGroup } from './references.ts';

/** A value that hosts or this file know, with where it is known from. */
export interface KnownValue {
  readonly text: string;
  readonly detail: Message | undefined;
}

type Listed = (host: HostSnapshot) => Answer<readonly string[]> | undefined;

const networks: Listed = ({ networks: answer }) =>
  names(answer, (network) => (network.active ? [network.name] : []));
const pools: Listed = ({ pools: answer }) =>
  names(answer, (pool) => (pool.active ? [pool.name] : []));
const bridges: Listed = (host) => host.bridges;
const secrets: Listed = ({ secrets: answer }) =>
  answer === undefined ? undefined : names(answer, (secret) => [secret.uuid]);
const machines: Listed = ({ cpu }) => whole(cpu, ({ machines: found }) => found);
const models: Listed = ({ cpu }) => whole(cpu, ({ usableModels }) => usableModels);

/** By end of the path, `@` for attributes: what a host lists, or a group of names in this file. */
const sources: readonly (readonly [string, Listed | string])[] = [
  ['interface/source@network', networks],
  ['graphics/listen@network', networks],
  ['interface/source@bridge', bridges],
  ['disk/source@pool', pools],
  ['backingStore/source@pool', pools],
  ['os/type@machine', machines],
  ['cpu/model', models],
  ['secret@uuid', secrets],
  ['tpm/backend/encryption@secret', secrets],
  ['teaming@persistent', 'alias'],
  ['iothreadpin@iothread', 'iothread'],
  ['disk/driver@iothread', 'iothread'],
  ['memnode@cellid', 'cell'],
  ['memory/target/node', 'cell'],
];

/** Values for an attribute, or for the text of an element; those that more hosts have come first. */
export function knownValues(
  context: ServiceContext,
  xml: DomainXml,
  path: readonly string[],
  attribute?: string,
): readonly KnownValue[] {
  const at = `/${path.join('/')}${attribute === undefined ? '' : `@${attribute}`}`;
  const source = sources.find(([end]) => at.endsWith(`/${end}`))?.[1];
  if (source === undefined) return at.endsWith('/disk/target@dev') ? freeTargets(xml) : [];
  if (typeof source === 'string') {
    const names = namesOfGroup(xml, source);
    // Aliases that libvirt made are no names to refer to: it makes them anew.
    return names
      .filter((text) => source !== 'alias' || text.startsWith('ua-'))
      .map((text) => ({ text, detail: undefined }));
  }
  return fromHosts(Object.values(context.workspace.facts()?.hosts ?? {}), source);
}

function fromHosts(hosts: readonly HostSnapshot[], listed: Listed): readonly KnownValue[] {
  const holders = new Map<string, string[]>();
  let asked = 0;
  for (const host of hosts) {
    const answer = listed(host);
    if (answer?.ok !== true) continue;
    asked++;
    for (const text of new Set(answer.value)) {
      const found = holders.get(text);
      if (found === undefined) holders.set(text, [host.name]);
      else found.push(host.name);
    }
  }
  return [...holders]
    .sort(([a, on], [b, at]) => at.length - on.length || (a < b ? -1 : 1))
    .map(([text, on]) => ({
      text,
      detail:
        asked > 1 && on.length === asked
          ? say('on all {0} hosts', asked)
          : say('on {0}', on.join(', ')),
    }));
}

const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');

/** The next name of each bus that no disk has. */
export function freeTargets({ domain }: DomainXml): readonly KnownValue[] {
  const taken = new Set(domain?.disks.map(({ target }) => target.value));
  return ['vd', 'sd', 'hd'].flatMap((prefix) => {
    const letter = letters.find((each) => !taken.has(prefix + each));
    return letter === undefined ? [] : [{ text: prefix + letter, detail: say('not taken yet') }];
  });
}

function names<T>(
  answer: Answer<readonly T[]>,
  of: (item: T) => readonly string[],
): Answer<readonly string[]> {
  return answer.ok ? { ...answer, value: answer.value.flatMap(of) } : answer;
}

function whole<T>(
  answer: Answer<T>,
  of: (value: T) => readonly string[],
): Answer<readonly string[]> {
  return answer.ok ? { ...answer, value: of(answer.value) } : answer;
}
