import { explainFailure } from '../../core/explain/explain.ts';
import type { Cause } from './entry.ts';

/** What a text of libvirt means, as a record keeps it; without a known cause it stands for itself. */
export function explain(text: string): Cause {
  const { code, cause, remedy, text: said } = explainFailure(text);
  return { code, message: cause, ...(remedy === undefined ? {} : { remedy }), text: said };
}

/** Errors in a daemon's log (`daemonLogCommand`) from the last `withinMs`, oldest first. */
export function recentErrors(log: string, withinMs: number): readonly string[] {
  const [clock = '', ...lines] = log.split('\n');
  const now = Number(clock) * 1000;
  if (!Number.isFinite(now) || now === 0) return [];
  return lines.flatMap((line) => {
    const at = timeOf(line);
    if (at === undefined || now - at > withinMs) return [];
    // 2026-11-23 00:47:22.896+0000: 45: error : function:123 : the text
    const text = /: error : \S+:\d+ : (.*)$/.exec(line)?.[1] ?? /\]: (.*)$/.exec(line)?.[1];
    return text === undefined || startsUp(text) ? [] : [text];
  });
}

/** What a daemon complains of when it is started, on hosts that lack one thing or other. */
function startsUp(text: string): boolean {
  return /\/dev\/kvm|dmidecode|Failed to get udev device/.test(text);
}

/** What QEMU said of a guest (`guestLogCommand`) within the last `withinMs`, oldest first. */
export function recentGuestErrors(log: string, withinMs: number): readonly string[] {
  const [clock = '', ...lines] = log.split('\n');
  const now = Number(clock) * 1000;
  if (!Number.isFinite(now) || now === 0) return [];
  return lines.flatMap((line) => {
    // 2026-11-23T00:47:22.896012Z qemu-system-x86_64: the text
    const [, time = '', text] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) \S*qemu\S*: (.*)$/.exec(line) ?? [];
    if (text === undefined || !(now - Date.parse(time) <= withinMs)) return [];
    // How a process ends that libvirt itself ended says nothing of the cause.
    return text.startsWith('terminating on signal') ? [] : [text];
  });
}

function timeOf(line: string): number | undefined {
  const unix = /^(\d{9,}\.\d+) /.exec(line)?.[1];
  if (unix !== undefined) return Number(unix) * 1000;
  const stamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})([+-]\d\d)(\d\d): /.exec(line);
  if (stamp === null) return undefined;
  const [, day = '', time = '', hours = '', minutes = ''] = stamp;
  const at = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return Number.isNaN(at) ? undefined : at;
}
