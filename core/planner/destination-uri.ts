import type { InventoryHost } from '../descriptor/model.ts';

/**
 * The libvirt URI under which the source host reaches the destination: what the inventory says, else
 * libvirt over ssh to the host's address. A destination that the file writes as a URI stays as it is.
 */
export function destinationUri(name: string, host: InventoryHost | undefined): string {
  if (isLibvirtUri(name)) return name;
  if (host?.uri !== undefined) return host.uri.value;
  const address = host?.address?.value ?? name;
  const bracketed = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  const user = host?.user === undefined ? '' : `${host.user.value}@`;
  return `qemu+ssh://${user}${bracketed}/system`;
}

export function isLibvirtUri(text: string): boolean {
  return /^[a-z]+(\+[a-z0-9]+)?:\/\//.test(text);
}

/**
 * Can this URI be given to the source's daemon? It starts ssh with the user and host of the URI:
 * one that begins with a dash would be read as an option. Another machine must be named.
 */
export function isUsableDestinationUri(uri: string): boolean {
  const match =
    /^qemu(?:\+(?:ssh|tcp|tls|libssh2?))?:\/\/(?:([^@/?#\s]+)@)?(\[[0-9A-Fa-f:.%]+\]|[^@/?#:\s[\]-][^@/?#:\s[\]]*)(?::\d+)?\/system(?:\?[^\s]*)?$/.exec(
      uri,
    );
  return match !== null && match[1]?.startsWith('-') !== true;
}
