import { randomUUID } from 'node:crypto';
import { readDomain } from '../../core/domain/read.ts';
import { hostFiles } from '../../core/facts/host-files.ts';
import type { PeerFacts } from '../../core/facts/host-facts.ts';
import type { Answer, DomainFacts, HostSnapshot, ImageFacts } from '../../core/facts/snapshot.ts';
import { say } from '../../core/messages.ts';
import type { Command } from '../../core/virsh/command.ts';
import { agentChannel } from '../../core/virsh/parse/domain.ts';
import { parseSections } from '../../core/virsh/parse/sections.ts';
import type { Section } from '../../core/virsh/parse/sections.ts';
import { quoteArgv } from '../../core/virsh/quote.ts';
import { parseXml } from '../../core/xml/parse.ts';
import { HostError } from '../host-error.ts';
import type { HostSession } from '../session.ts';
import { readDetailPart } from './detail-part.ts';
import type { DetailPart, PathQuestion } from './detail-part.ts';
import { readHostPart } from './host-part.ts';
import { readClock } from './host-state-part.ts';
import { peerParameters } from './peer.ts';
import type { PeerQuestion } from './peer.ts';
import { detailScript, hostScript } from './scripts.ts';

/** Milliseconds for each of the two round trips; a file server that is away can make a host slow. */
const roundTimeout = 180_000;

export interface FactsRequest {
  /** Absolute paths to look at, whether there is something or not. */
  readonly paths: readonly string[];
  /** Domains whose disks are looked at as well, by name or UUID. All domains are listed anyway. */
  readonly domains?: 'all' | readonly string[];
  /**
   * Domains whose QEMU is asked for its migration parameters and capabilities, by name or UUID.
   * libvirt marks a domain as tainted by this, so only those that need it.
   */
  readonly monitor?: readonly string[];
  /** Absolute paths that are no images (programs, firmware, directories): is something there? */
  readonly files?: readonly string[];
  /** Another host to try to reach from this one. */
  readonly peer?: PeerQuestion;
  /** Called with the host's domains when they are known; details are asked after it. */
  readonly onDomains?: (domains: readonly DomainFacts[]) => void;
  /** More paths and files, which another host's answer names; details are asked when it is there. */
  readonly later?: Promise<Required<Pick<FactsRequest, 'paths' | 'files'>>>;
  readonly signal?: AbortSignal;
}

/**
 * Asks a host for everything that rules want to know, in at most two round trips; nothing is changed
 * there. A question that fails leaves its part unknown with the reason. Throws HostError when the
 * connection fails or the host does not finish in time.
 */
export async function collectFacts(
  session: HostSession,
  asked: FactsRequest,
  now: () => number,
): Promise<HostSnapshot> {
  // Facts are as old as the first question, not as the last answer.
  const at = now();
  const mark = `livemigrate-${randomUUID()}`;
  const first = await sectionsOf(session, scriptCommand(hostScript, [mark]), asked.signal);
  const clock = readClock(first, { from: at, to: now() });
  const host = readHostPart(first, mark);
  const user = first.find(({ name }) => name === 'user')?.out.trim() ?? '';
  const domains = host.domains.ok ? host.domains.value : [];
  asked.onDomains?.(domains);
  const request = withLater(asked, await asked.later);
  const questions = pathQuestions(request, domains);
  const details = await askDetails({ session, request, domains, questions, user, mark });
  return {
    name: session.host,
    at,
    ...host,
    clock,
    domains: host.domains.ok
      ? { ...host.domains, value: domains.map((domain) => completed(domain, details)) }
      : host.domains,
    images: { ...refusedPaths(request.paths), ...details.images },
    files: details.files,
    ...(request.peer === undefined
      ? {}
      : { peers: { [request.peer.name]: peerAnswer(details.peer) } }),
  };
}

function withLater(request: FactsRequest, later: Awaited<FactsRequest['later']>): FactsRequest {
  if (later === undefined) return request;
  return {
    ...request,
    paths: [...request.paths, ...later.paths],
    files: [...(request.files ?? []), ...later.files],
  };
}

/** The script comes on standard input, so that no argument list can grow too long. */
function scriptCommand(script: string, parameters: readonly string[]): Command {
  return { argv: ['sh', '-s'], stdin: `set -- ${quoteArgv(parameters)}\n${script}` };
}

async function sectionsOf(
  session: HostSession,
  command: Command,
  signal: AbortSignal | undefined,
): Promise<readonly Section[]> {
  const result = await session.exec(command, {
    timeout: roundTimeout,
    ...(signal === undefined ? {} : { signal }),
  });
  const sections = parseSections(result.stdout);
  if (sections === undefined) {
    const said = (result.stderr.trim() || result.stdout.trim()).slice(0, 300);
    throw new HostError(
      'protocol',
      session.host,
      say('{0} did not answer the questions as a POSIX shell would: {1}', session.host, said),
    );
  }
  return sections;
}

interface Asking {
  readonly session: HostSession;
  readonly request: FactsRequest;
  readonly domains: readonly DomainFacts[];
  readonly questions: readonly PathQuestion[];
  readonly user: string;
  readonly mark: string;
}

async function askDetails(of: Asking): Promise<DetailPart> {
  const { session, request, questions, user, mark } = of;
  const parameters = detailParameters(of);
  const asked = { paths: questions, user, mark, peerUri: request.peer?.uri };
  if (parameters.length === 0) return readDetailPart([], asked);
  try {
    const command = scriptCommand(detailScript, ['mark', mark, ...parameters]);
    return readDetailPart(await sectionsOf(session, command, request.signal), asked);
  } catch (error) {
    // One path on a dead file server must not cost what is known already.
    const partial =
      error instanceof HostError && (error.kind === 'timeout' || error.kind === 'output-too-large');
    if (!partial) throw error;
    const unknown: Answer<never> = { ok: false, why: error.message, from: 'stat' };
    const answers = (mode: 'stat' | 'image'): Record<string, Answer<never>> =>
      Object.fromEntries(
        questions
          .filter((question) => (question.mode === 'stat') === (mode === 'stat'))
          .map(({ path }) => [path, unknown]),
      );
    return {
      ...readDetailPart([], { ...asked, paths: [], peerUri: undefined }),
      images: answers('image'),
      files: answers('stat'),
    };
  }
}

/** The pairs of the second script: what to ask, and whom. */
function detailParameters({ request, domains, questions, user }: Asking): readonly string[] {
  const running = domains.filter(({ state }) => state !== 'shut off');
  const included = running.filter((domain) => isIncluded(domain, request));
  const pinged = running.filter(({ xml }) => agentChannel(xml) === 'connected');
  const monitored = running.filter((domain) => isNamed(domain, request.monitor ?? []));
  return [
    ...questions.flatMap(({ mode, path }) => [mode, path]),
    ...pinged.flatMap(({ uuid }) => ['ping', uuid]),
    ...monitored.flatMap(({ uuid }) => ['monitor', uuid]),
    ...included.flatMap((domain) => {
      const targets = plainTargets(domain);
      return targets.length === 0 ? [] : ['jobs', [domain.uuid, ...targets].join(' ')];
    }),
    ...(user === 'root' ? included.flatMap(({ name }) => ['status', name]) : []),
    ...(request.peer === undefined ? [] : peerParameters(request.peer, user)),
  ];
}

/** Disk targets that need no quoting; a domain with another one is not asked for its block jobs. */
function plainTargets({ xml }: DomainFacts): readonly string[] {
  const disks = readDomain('live', parseXml(xml)).domain?.disks ?? [];
  const targets = disks.filter(({ hasSource }) => hasSource).map(({ target }) => target.value);
  return targets.every((target) => /^[a-z0-9]+$/.test(target)) ? targets : [];
}

function peerAnswer(peer: PeerFacts | undefined): Answer<PeerFacts> {
  const from = 'virsh -c URI version';
  return peer === undefined
    ? { ok: false, why: 'it was not tried', from }
    : { ok: true, value: peer, from };
}

/** Each path once. A path that any domain here declares raw is never probed. */
function pathQuestions(
  request: FactsRequest,
  domains: readonly DomainFacts[],
): readonly PathQuestion[] {
  const files = new Set(request.files?.filter(isAskable));
  const raw = new Set<string>();
  const wanted = new Set(request.paths.filter(isAskable));
  for (const facts of domains) {
    const { domain } = readDomain('live', parseXml(facts.xml));
    const included = isIncluded(facts, request);
    if (included && domain !== undefined)
      hostFiles(domain).forEach(({ path }) => isAskable(path) && files.add(path));
    for (const { source, format } of domain?.disks ?? []) {
      if (source === undefined || !isAskable(source.value)) continue;
      if (format?.value === 'raw') raw.add(source.value);
      if (included) wanted.add(source.value);
    }
  }
  return [
    ...[...wanted].map((path) => ({
      path,
      mode: raw.has(path) ? ('raw' as const) : ('probe' as const),
    })),
    ...[...files].map((path) => ({ path, mode: 'stat' as const })),
  ];
}

function isIncluded(facts: DomainFacts, request: FactsRequest): boolean {
  return request.domains === 'all' || isNamed(facts, request.domains ?? []);
}

/** qemu-img takes `nbd:…` or `json:…` for more than a file, so only absolute paths are asked. */
function isAskable(path: string): boolean {
  return path.startsWith('/') && !path.includes('\0');
}

function refusedPaths(paths: readonly string[]): Readonly<Record<string, Answer<ImageFacts>>> {
  const refused: Answer<ImageFacts> = {
    ok: false,
    why: 'only absolute paths can be looked at',
    from: 'stat',
  };
  return Object.fromEntries(
    paths.filter((path) => !isAskable(path)).map((path) => [path, refused]),
  );
}

function completed(domain: DomainFacts, details: DetailPart): DomainFacts {
  const { agents, monitors, blockJobs, rebooting } = details;
  const monitor = monitors.get(domain.uuid);
  return {
    ...domain,
    guestAgent: domain.guestAgent === undefined ? undefined : agents.has(domain.uuid),
    parameters: monitor?.parameters,
    capabilities: monitor?.capabilities,
    blockers: monitor?.blockers,
    blockJobs: blockJobs.get(domain.uuid),
    rebooting: rebooting.get(domain.name),
  };
}

function isNamed({ name, uuid }: DomainFacts, names: readonly string[]): boolean {
  return names.includes(name) || names.includes(uuid);
}
