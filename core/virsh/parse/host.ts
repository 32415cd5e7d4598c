import { attribute, child, children } from '../../xml/tree.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { parseXml } from '../../xml/parse.ts';
import type { Emulation } from '../../facts/host-facts.ts';
import type { HostCapacity, HostCpu } from '../../facts/snapshot.ts';

/** Reads `virsh version --daemon`: the daemon's libvirt and the QEMU that it runs. */
export function parseVersions(
  text: string,
): { readonly libvirt: string; readonly qemu: string } | undefined {
  const libvirt =
    /^Running against daemon:\s*(\d+\.\d+\.\d+)/m.exec(text)?.[1] ??
    /^Using library:\s*libvirt (\d+\.\d+\.\d+)/m.exec(text)?.[1];
  const qemu = /^Running hypervisor:\s*QEMU (\d+\.\d+\.\d+)/m.exec(text)?.[1];
  return libvirt === undefined || qemu === undefined ? undefined : { libvirt, qemu };
}

/** Long options that `virsh help migrate` lists, without the dashes, each once. */
export function parseMigrateOptions(text: string): readonly string[] {
  const found = [...text.matchAll(/^\s+\[?--([a-z][a-z0-9-]*)\]?(?:\s|$)/gm)];
  return [...new Set(found.flatMap((match) => match[1] ?? []))];
}

export interface HostCapabilities {
  readonly uuid: string;
  readonly cpu: Omit<HostCpu, 'modelName' | 'usableModels'>;
}

/** Reads `virsh capabilities`; undefined when the host's UUID or architecture is not in it. */
export function parseCapabilities(text: string): HostCapabilities | undefined {
  const { root } = parseXml(text);
  const host = child(root, 'host');
  const cpu = child(host, 'cpu');
  const uuid = textOf(child(host, 'uuid'));
  const arch = textOf(child(cpu, 'arch'));
  if (root?.name !== 'capabilities' || uuid === undefined || arch === undefined) return undefined;
  const guests = children(root, 'guest')
    .flatMap((guest) => children(guest, 'arch'))
    .filter((guest) => attribute(guest, 'name')?.value === arch);
  const machines = guests
    .flatMap((guest) => [guest, ...children(guest, 'domain')])
    .flatMap((place) => children(place, 'machine'))
    .flatMap((machine) => [textOf(machine), attribute(machine, 'canonical')?.value])
    .filter((name) => name !== undefined);
  return {
    uuid: uuid.toLowerCase(),
    cpu: {
      arch,
      model: textOf(child(cpu, 'model')),
      vendor: textOf(child(cpu, 'vendor')),
      features: children(cpu, 'feature').flatMap(
        (feature) => attribute(feature, 'name')?.value ?? [],
      ),
      machines: [...new Set(machines)],
    },
  };
}

/** Emulators, security models and migration transports of `virsh capabilities`. */
export function parseEmulation(text: string): Emulation | undefined {
  const { root } = parseXml(text);
  const host = child(root, 'host');
  if (root?.name !== 'capabilities' || host === undefined) return undefined;
  const emulators = children(root, 'guest')
    .flatMap((guest) => children(guest, 'arch'))
    .flatMap((arch) =>
      [arch, ...children(arch, 'domain')].flatMap((place) => {
        const path = textOf(child(place, 'emulator'));
        const name = attribute(arch, 'name')?.value;
        return path === undefined || name === undefined ? [] : [{ arch: name, path }];
      }),
    );
  const transports = child(child(host, 'migration_features'), 'uri_transports');
  return {
    emulators,
    securityModels: children(host, 'secmodel').flatMap(
      (model) => textOf(child(model, 'model')) ?? [],
    ),
    migrationTransports: children(transports, 'uri_transport').flatMap(
      (transport) => textOf(transport) ?? [],
    ),
  };
}

/** Names of the CPU models that `virsh domcapabilities` calls usable (`<mode name='custom'>`). */
export function parseUsableModels(text: string): readonly string[] {
  const { root } = parseXml(text);
  const custom = children(child(root, 'cpu'), 'mode').find(
    (mode) => attribute(mode, 'name')?.value === 'custom',
  );
  const models = children(custom, 'model')
    .filter((model) => attribute(model, 'usable')?.value === 'yes')
    .flatMap((model) => textOf(model) ?? []);
  return [...new Set(models)];
}

/**
 * Memory and CPUs from /proc/meminfo (kB are KiB there) and /sys/devices/system/cpu/online (`0-3,6`).
 */
export function parseCapacity(meminfo: string, online: string): HostCapacity | undefined {
  const bytes = (name: string): number | undefined => {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo);
    return match === null ? undefined : Number(match[1]) * 1024;
  };
  const memoryTotal = bytes('MemTotal');
  const memoryAvailable = bytes('MemAvailable');
  const cpus = countCpus(online.trim());
  if (memoryTotal === undefined || memoryAvailable === undefined || cpus === undefined)
    return undefined;
  return { cpus, memoryTotal, memoryAvailable };
}

/** CPUs in a list of ranges, e.g. `0-3,6`; undefined when it is none. */
export function countCpus(list: string): number | undefined {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return undefined;
  return list
    .split(',')
    .map((range) => range.split('-').map(Number))
    .reduce((sum, [first = 0, last = first]) => sum + last - first + 1, 0);
}

/** `model name : AMD EPYC 7282` of /proc/cpuinfo or lscpu: the part after the colon. */
export function parseProcessorName(text: string): string | undefined {
  const name = /:\s*(.*?)\s*$/m.exec(text)?.[1];
  return name === undefined || name === '' ? undefined : name;
}

export function textOf(element: XmlElement | undefined): string | undefined {
  const text = element?.text.value;
  return text === '' ? undefined : text;
}
