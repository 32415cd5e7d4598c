import { randomUUID } from 'node:crypto';
import { readDomain } from '../../core/domain/read.ts';
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
import type { DetailPart, ImageQuestion } from './detail-part.ts';
import { readHostPart } from './host-part.ts';
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
  readonly signal?: AbortSignal;
}

/**
 * Asks a host for everything that rules want to know, in at most two round trips; nothing is changed
 * there. A question that fails leaves its part unknown with the reason. Throws HostError when the
 * connection fails or the host does not finish in time.
 */
export async function collectFacts(
  session: HostSession,
  request: FactsRequest,
  now: () => number,
): Promise<HostSnapshot> {
  // Facts are as old as the first question, not as the last answer.
  const at = now();
  const mark = `livemigrate-${randomUUID()}`;
  const first = await sectionsOf(session, scriptCommand(hostScript, [mark]), request.signal);
  const host = readHostPart(first, mark);
  const user = first.find(({ name }) => name === 'user')?.out.trim() ?? '';
  const domains = host.domains.ok ? host.domains.value : [];
  const questions = imageQuestions(request, domains);
  const details = await askDetails({ session, request, domains, questions, user });
  return {
    name: session.host,
    at,
    ...host,
    domains: host.domains.ok
      ? { ...host.domains, value: domains.map((domain) => completed(domain, details)) }
      : host.domains,
    images: { ...refusedPaths(request.paths), ...details.images },
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

async function askDetails(of: {
  readonly session: HostSession;
  readonly request: FactsRequest;
  readonly domains: readonly DomainFacts[];
  readonly questions: readonly ImageQuestion[];
  readonly user: string;
}): Promise<DetailPart> {
  const { session, request, domains, questions, user } = of;
  const running = domains.filter(({ state }) => state !== 'shut off');
  const pinged = running.filter(({ xml }) => agentChannel(xml) === 'connected');
  const monitored = running.filter((domain) => isNamed(domain, request.monitor ?? []));
  const parameters = [
    ...questions.flatMap(({ mode, path }) => [mode, path]),
    ...pinged.flatMap(({ uuid }) => ['ping', uuid]),
    ...monitored.flatMap(({ uuid }) => ['monitor', uuid]),
  ];
  if (parameters.length === 0) return { images: {}, agents: new Set(), monitors: new Map() };
  try {
    const sections = await sectionsOf(
      session,
      scriptCommand(detailScript, parameters),
      request.signal,
    );
    return readDetailPart(sections, questions, user);
  } catch (error) {
    // One path on a dead file server must not cost what is known already.
    const partial =
      error instanceof HostError && (error.kind === 'timeout' || error.kind === 'output-too-large');
    if (!partial) throw error;
    const unknown: Answer<ImageFacts> = { ok: false, why: error.message, from: 'stat' };
    return {
      images: Object.fromEntries(questions.map(({ path }) => [path, unknown])),
      agents: new Set(),
      monitors: new Map(),
    };
  }
}

/** Each path once. A path that any domain here declares raw is never probed. */
function imageQuestions(
  request: FactsRequest,
  domains: readonly DomainFacts[],
): readonly ImageQuestion[] {
  const raw = new Set<string>();
  const wanted = new Set(request.paths.filter(isAskable));
  for (const facts of domains) {
    const disks = readDomain('live', parseXml(facts.xml)).domain?.disks ?? [];
    const included = request.domains === 'all' || isNamed(facts, request.domains ?? []);
    for (const { source, format } of disks) {
      if (source === undefined || !isAskable(source.value)) continue;
      if (format?.value === 'raw') raw.add(source.value);
      if (included) wanted.add(source.value);
    }
  }
  return [...wanted].map((path) => ({ path, mode: raw.has(path) ? 'raw' : 'probe' }));
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

function completed(domain: DomainFacts, { agents, monitors }: DetailPart): DomainFacts {
  const monitor = monitors.get(domain.uuid);
  return {
    ...domain,
    guestAgent: domain.guestAgent === undefined ? undefined : agents.has(domain.uuid),
    parameters: monitor?.parameters,
    capabilities: monitor?.capabilities,
  };
}

function isNamed({ name, uuid }: DomainFacts, names: readonly string[]): boolean {
  return names.includes(name) || names.includes(uuid);
}
