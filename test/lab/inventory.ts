import { stringify } from 'yaml';
import { type LabHost, writeAtomically } from './state.ts';

/** The inventory file that describes a lab's hosts to the product. */
export function inventoryText(hosts: readonly LabHost[]): string {
  return stringify({
    apiVersion: 'livemigrate/v1',
    kind: 'HostInventory',
    hosts: hosts.map((host) => ({
      name: host.name,
      uri: `qemu+ssh://root@${host.name}/system`,
      // Resolved through the lab's ssh configuration.
      address: host.name,
      migrationAddress: host.migrationAddress,
      user: 'root',
    })),
  });
}

export function writeInventory(path: string, hosts: readonly LabHost[]): void {
  writeAtomically(path, inventoryText(hosts));
}
