import type { HostInterface } from '../../facts/host-facts.ts';
import { parseJson } from './image.ts';
import { record } from './qmp.ts';

/**
 * Reads `ip -j -d addr show` with lines around it: `gateway DEVICE ADDRESS [MAC]` for each default
 * route, `speed DEVICE MBIT`. Undefined when the JSON cannot be read.
 */
export function parseInterfaces(text: string): readonly HostInterface[] | undefined {
  const lines = text.split('\n');
  const json = parseJson(lines.filter((line) => !/^(gateway|speed) /.test(line)).join('\n'));
  if (!Array.isArray(json)) return undefined;
  return json.flatMap((item: unknown) => {
    const link = record(item);
    const name = link?.['ifname'];
    if (link === undefined || typeof name !== 'string') return [];
    return [
      { ...readLink(link, name), gateways: gatewaysOf(lines, name), speed: speedOf(lines, name) },
    ];
  });
}

function readLink(
  link: Readonly<Record<string, unknown>>,
  name: string,
): Omit<HostInterface, 'gateways' | 'speed'> {
  const info = record(link['linkinfo']);
  const id = record(info?.['info_data'])?.['id'];
  const kind = textIn(info, 'info_kind');
  const flags = Array.isArray(link['flags']) ? link['flags'] : [];
  const mtu = link['mtu'];
  return {
    name,
    kind: kind ?? (link['link_type'] === 'loopback' ? 'loopback' : undefined),
    mac: textIn(link, 'address'),
    mtu: typeof mtu === 'number' ? mtu : undefined,
    up: flags.includes('UP'),
    master: textIn(link, 'master'),
    parent: textIn(link, 'link'),
    vlan: kind === 'vlan' && typeof id === 'number' ? id : undefined,
    addresses: addressesOf(link['addr_info']),
  };
}

function addressesOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const address = record(item);
    const local = textIn(address, 'local');
    const length = address?.['prefixlen'];
    if (local === undefined || typeof length !== 'number' || address?.['scope'] === 'link')
      return [];
    return [`${local}/${String(length)}`];
  });
}

function gatewaysOf(lines: readonly string[], device: string): HostInterface['gateways'] {
  return lines.flatMap((line) => {
    const [word, name, address, mac] = line.trim().split(/\s+/);
    if (word !== 'gateway' || name !== device || address === undefined) return [];
    return [{ address, mac: mac?.toLowerCase() }];
  });
}

/** /sys/class/net/DEVICE/speed is in Mbit/s, and -1 or 0 where there is no link. */
function speedOf(lines: readonly string[], device: string): number | undefined {
  const line = lines.find((each) => each.startsWith(`speed ${device} `));
  const megabits = Number(line?.split(' ')[2]);
  return megabits > 0 ? megabits * 1e6 : undefined;
}

function textIn(
  object: Readonly<Record<string, unknown>> | undefined,
  key: string,
): string | undefined {
  const value = object?.[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
