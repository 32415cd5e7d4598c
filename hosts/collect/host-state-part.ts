import type { HostAccess, HostClock } from '../../core/facts/host-facts.ts';
import type { Answer, HostSnapshot } from '../../core/facts/snapshot.ts';
import type { HostTime } from '../../core/virsh/parse/domain.ts';
import { parseEmulation } from '../../core/virsh/parse/host.ts';
import {
  parseDate,
  parseKernel,
  parseListeningPorts,
  parsePower,
  parseSecrets,
  parseTopology,
  parseTpm,
} from '../../core/virsh/parse/host-state.ts';
import { parsePressure } from '../../core/virsh/parse/host-pressure.ts';
import { parseInterfaces } from '../../core/virsh/parse/interfaces.ts';
import { parseQemuConf } from '../../core/virsh/parse/qemu-conf.ts';
import type { Section } from '../../core/virsh/parse/sections.ts';
import { readCertificates } from './certificates.ts';
import { whyNot } from './reasons.ts';
import type { SectionReader } from './section-reader.ts';

type HostState = Required<
  Pick<
    HostSnapshot,
    | 'access'
    | 'power'
    | 'pressure'
    | 'kernel'
    | 'topology'
    | 'interfaces'
    | 'ports'
    | 'emulation'
    | 'configuration'
    | 'certificates'
    | 'secrets'
    | 'tpm'
  >
>;

/** What the first script found beside domains, networks and pools; what failed says why. */
export function readHostState(reader: SectionReader): HostState {
  return {
    access: readAccess(reader),
    power: reader.answer('systemctl is-system-running', ['power'], (text = '') => parsePower(text)),
    pressure: reader.answer('/proc/pressure', ['pressure', 'online'], (text = '', online = '') =>
      parsePressure(text, online),
    ),
    kernel: reader.answer('/proc/sys/vm', ['kernel'], (text = '') => parseKernel(text)),
    topology: reader.answer('/sys/devices/system', ['topology'], (text = '') =>
      parseTopology(text),
    ),
    interfaces: reader.answer('ip addr show', ['interfaces'], (text = '') => parseInterfaces(text)),
    ports: reader.answer('/proc/net/tcp', ['ports'], (text = '') => parseListeningPorts(text)),
    emulation: reader.answer('virsh capabilities', ['capabilities'], (xml = '') =>
      parseEmulation(xml),
    ),
    configuration: reader.answer('/etc/libvirt/qemu.conf', ['configuration'], (text = '') =>
      parseQemuConf(text),
    ),
    certificates: reader.answer(
      'qemu.conf, certificates',
      ['certificates', 'clock'],
      (text = '', clock = '') => {
        const now = parseDate(clock);
        return now === undefined ? undefined : readCertificates(text, now.at);
      },
    ),
    secrets: reader.answer('virsh secret-list', ['secrets'], (text = '') => parseSecrets(text)),
    tpm: readTpm(reader),
  };
}

/** A refusal of libvirt is known; that it could not be asked at all is not. */
function readAccess(reader: SectionReader): Answer<HostAccess> {
  const from = 'virsh version --daemon';
  const version = reader.text('version');
  if ('out' in version)
    return { ok: true, from, value: { user: reader.user, libvirt: true, said: undefined } };
  const denied =
    /read only|polkit|authentication (unavailable|failed|cancelled)|sock.*Permission denied/i;
  return denied.test(version.why)
    ? { ok: true, from, value: { user: reader.user, libvirt: false, said: version.why } }
    : { ok: false, from, why: version.why };
}

/** A host without swtpm is an answer. */
function readTpm(reader: SectionReader): NonNullable<HostSnapshot['tpm']> {
  const from = 'swtpm socket --print-capabilities';
  const section = reader.section('tpm');
  return section?.code === 127
    ? { ok: true, from, value: { installed: false, version: undefined, features: [] } }
    : reader.answer(from, ['tpm'], (text = '') => parseTpm(text));
}

/** The host's time and how long it has been up; undefined when it did not tell both. */
export function hostTimeOf(reader: SectionReader): HostTime | undefined {
  const date = parseDate(reader.section('clock')?.out ?? '');
  const uptime = /^(\d+(?:\.\d+)?) /.exec(reader.section('uptime')?.out ?? '')?.[1];
  return date === undefined || uptime === undefined
    ? undefined
    : { now: date.at, uptimeSeconds: Number(uptime) };
}

/**
 * How far the host's clock is ahead of ours. The host told its time first and last, so what the
 * script itself took plays no part: only the way there and back is uncertain.
 *
 * @param asked our clock before the question and after the answer, epoch milliseconds
 */
export function readClock(
  sections: readonly Section[],
  asked: { readonly from: number; readonly to: number },
): Answer<HostClock> {
  const from = 'date';
  const [first, last] = ['clock', 'clock-end'].map((name) =>
    sections.find((section) => section.name === name),
  );
  if (first === undefined || last === undefined)
    return { ok: false, why: 'it was not asked', from };
  const [begin, end] = [parseDate(first.out), parseDate(last.out)];
  if (begin === undefined || end === undefined) return { ok: false, why: whyNot(first, ''), from };
  const way = asked.to - asked.from - (end.at - begin.at);
  return {
    ok: true,
    from,
    value: {
      ahead: Math.round((begin.at + end.at) / 2 - (asked.from + asked.to) / 2),
      uncertainty: Math.ceil(Math.max(0, way) / 2 + begin.precision),
    },
  };
}
