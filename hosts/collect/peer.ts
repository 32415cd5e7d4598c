import type { PeerConnection, PeerFacts, PortState } from '../../core/facts/host-facts.ts';
import type { Section } from '../../core/virsh/parse/sections.ts';
import { whyNot } from './reasons.ts';

/** How another host is to be tried from this one. */
export interface PeerQuestion {
  /** Its name in the inventory. */
  readonly name: string;
  /** libvirt URI that the daemon here would open. */
  readonly uri: string;
  /** Host that the memory stream goes to. */
  readonly address: string;
  readonly ports: readonly { readonly host: string; readonly port: number }[];
}

/**
 * Parameters of the second script. The URI is opened by root only: with peer-to-peer the daemon opens
 * it, and another user's keys prove nothing.
 */
export function peerParameters(question: PeerQuestion, user: string): readonly string[] {
  const { uri, address, ports } = question;
  return [
    ...(user === 'root' ? ['peer', batchUri(uri)] : []),
    ...ports
      .filter(({ host }) => isHost(host))
      .flatMap(({ host, port }) => ['port', `${host} ${String(port)}`]),
    ...(isHost(address) ? ['round-trip', address] : []),
  ];
}

/** With `no_tty` libvirt gives ssh BatchMode: it asks nobody and accepts no unknown host key. */
function batchUri(uri: string): string {
  if (!/^[a-z]+\+(ssh|libssh2?):/.test(uri) || /[?&]no_tty=/.test(uri)) return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}no_tty=1`;
}

/** A name or an address, and nothing that a program could take for an option. */
function isHost(host: string): boolean {
  return /^[A-Za-z0-9:][A-Za-z0-9.:_%-]*$/.test(host);
}

/** Reads what the second script found of the other host; undefined when it was not asked. */
export function readPeer(
  sections: readonly Section[],
  uri: string | undefined,
): PeerFacts | undefined {
  if (uri === undefined) return undefined;
  const find = (name: string): Section | undefined =>
    sections.find((section) => section.name === name);
  return {
    uri,
    connection: readConnection(find('peer')),
    ports: sections.filter(({ name }) => name === 'port').flatMap((each) => readPort(each) ?? []),
    roundTrip: readRoundTrip(find('round-trip')?.out ?? ''),
    through: readThrough(find('through')),
  };
}

function readConnection(section: Section | undefined): PeerConnection | undefined {
  if (section === undefined || section.code === 127) return undefined;
  if (section.code === 0) return { connects: true, said: undefined };
  return { connects: false, said: whyNot(section, 'root') };
}

/** bash and nc say in the system's words why a connection failed; no words and 124 is silence. */
function readPort({ out, err, code }: Section): PortState | undefined {
  const host = /^host (.+)$/m.exec(out)?.[1];
  const port = Number(/^port (\d+)$/m.exec(out)?.[1]);
  if (host === undefined || !Number.isInteger(port)) return undefined;
  return { host, port, state: portState(code, err) };
}

function portState(code: number, err: string): PortState['state'] {
  if (code === 0) return 'open';
  if (code === 124 || code === 137 || /timed out/i.test(err)) return 'silent';
  if (/refused/i.test(err)) return 'refused';
  if (/no route|unreachable|prohibited/i.test(err)) return 'unreachable';
  return /not known|resolution|resolve|no address/i.test(err) ? 'unresolvable' : 'unknown';
}

/** The summary of `ping -q`; without a single reply it may only be filtered, and says nothing. */
function readRoundTrip(text: string): PeerFacts['roundTrip'] {
  const loss = /([\d.]+)% packet loss/.exec(text)?.[1];
  const average = /(?:rtt|round-trip) min\/avg\/max(?:\/mdev)? = [\d.]+\/([\d.]+)\//.exec(
    text,
  )?.[1];
  return loss === undefined || average === undefined
    ? undefined
    : { milliseconds: Number(average), loss: Number(loss) / 100 };
}

function readThrough(section: Section | undefined): PeerFacts['through'] {
  const [name, speed] = section?.code === 0 ? section.out.trim().split(/\s+/) : [];
  if (name === undefined || name === '') return undefined;
  const megabits = Number(speed);
  return { name, speed: megabits > 0 ? megabits * 1e6 : undefined };
}
