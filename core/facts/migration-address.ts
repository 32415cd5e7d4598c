import type { InventoryHost, MigrationModel } from '../descriptor/model.ts';

/** Where the memory stream goes, as far as files say. */
export interface MigrationAddress {
  readonly host: string;
  /** Absent where libvirt chooses one of its range. */
  readonly port: number | undefined;
  /** `file`: policy.migrateUri; `inventory`: migrationAddress; `uri`: the host of the libvirt URI. */
  readonly from: 'file' | 'inventory' | 'uri';
}

/**
 * The address that the source connects to for memory: `policy.migrateUri`, else the inventory's
 * `migrationAddress`. Undefined when neither is written: libvirt then takes the destination's own name.
 */
export function migrationAddress(
  model: MigrationModel,
  host: InventoryHost | undefined,
): MigrationAddress | undefined {
  const uri = model.policy?.migrateUri?.value;
  if (uri !== undefined) {
    const place = placeOf(uri);
    return place === undefined ? undefined : { ...place, from: 'file' };
  }
  const address = host?.migrationAddress?.value;
  return address === undefined ? undefined : { host: address, port: undefined, from: 'inventory' };
}

/** Host and port of `scheme://[user@]host[:port]/…`; brackets of an IPv6 address are taken off. */
export function placeOf(
  uri: string,
): { readonly host: string; readonly port: number | undefined } | undefined {
  const match =
    /^[a-z]+(?:\+[a-z0-9]+)?:(?:\/\/)?(?:[^@/?#]*@)?(?:\[([^\]]+)\]|([^:/?#]+))(?::(\d{1,5}))?/.exec(
      uri,
    );
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return undefined;
  const port = match?.[3];
  return { host, port: port === undefined ? undefined : Number(port) };
}

/** Port on which a libvirt URI is answered: what it says, else that of its transport. */
export function libvirtPort(uri: string): number | undefined {
  const said = placeOf(uri)?.port;
  if (said !== undefined) return said;
  const transport = /^[a-z]+\+([a-z0-9]+):/.exec(uri)?.[1] ?? 'tls';
  const ports: Readonly<Record<string, number>> = {
    ssh: 22,
    libssh: 22,
    libssh2: 22,
    tcp: 16509,
    tls: 16514,
  };
  return ports[transport];
}
