import type { HostPressure } from '../../facts/host-facts.ts';
import { countCpus } from './host.ts';

/**
 * Lines `load 0.50 0.40 0.30` of /proc/loadavg, and `cpu some avg10=… avg60=… avg300=… total=…` of
 * /proc/pressure with the name of the resource before them; `online` as `0-3,6`. A kernel without
 * pressure stall information has no such lines; before 5.13 the CPU has no line `full`.
 */
export function parsePressure(text: string, online: string): HostPressure | undefined {
  const [, ...averages] = /^load ([\d.]+) ([\d.]+) ([\d.]+)$/m.exec(text) ?? [];
  const [one, five, fifteen] = averages.map(Number);
  const cpus = countCpus(online.trim());
  if (one === undefined || five === undefined || fifteen === undefined || cpus === undefined)
    return undefined;
  const lastMinute = (line: string): number | undefined => {
    const share = new RegExp(`^${line} .*\\bavg60=(\\d+(?:\\.\\d+)?)\\b`, 'm').exec(text)?.[1];
    return share === undefined ? undefined : Number(share);
  };
  const [cpuSome, memoryFull, ioFull] = ['cpu some', 'memory full', 'io full'].map(lastMinute);
  const stalls =
    cpuSome === undefined || memoryFull === undefined || ioFull === undefined
      ? undefined
      : { cpuSome, memoryFull, ioFull };
  return { load: [one, five, fifteen], cpus, stalls };
}
