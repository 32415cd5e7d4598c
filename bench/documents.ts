/** Documents of a wanted length, as they are found in practice: many disks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Names of disk targets: vdaa, vdab… */
function target(index: number): string {
  const letter = (value: number): string => String.fromCharCode(97 + (value % 26));
  return `vd${letter(Math.floor(index / 676))}${letter(Math.floor(index / 26))}${letter(index)}`;
}

/** A migration of at least this many lines. The last `action: copy` is the place of the edits. */
export function migrationOf(lines: number): string {
  const text = [
    'apiVersion: livemigrate/v1',
    'kind: Migration',
    'domain: web01',
    'source: kvm01',
    'destination: kvm02',
    'policy:',
    '  bandwidth: 500MiB/s',
    '  maxDowntime: 500ms',
    '  completionTimeout: 30m',
    'storage:',
    '  mode: mixed',
    '  disks:',
  ];
  for (let index = 0; text.length < lines; index++) {
    text.push(
      `    # Disk ${String(index)} of the guest`,
      `    - target: ${target(index)}`,
      '      action: copy',
      '      destination:',
      `        path: /var/lib/libvirt/images/web01-${target(index)}.qcow2`,
      '        format: qcow2',
      '        size: 20GiB',
      '        create: true',
    );
  }
  return `${text.join('\n')}\n`;
}

export const inventory = `apiVersion: livemigrate/v1
kind: HostInventory
hosts:
  - name: kvm01
    uri: qemu+ssh://root@kvm01/system
    migrationAddress: 10.9.0.1
  - name: kvm02
    uri: qemu+ssh://root@kvm02/system
    migrationAddress: 10.9.0.2
`;

/** The example without the watchdog, whose model libvirt knows only since 9.1. */
export const exampleXml = readFileSync(join(root, 'examples/web01.domain.xml'), 'utf8').replace(
  /^.*<watchdog.*\n/m,
  '',
);

/** Domain XML of at least this many lines: the example with more disks. */
export function domainXmlOf(lines: number): string {
  const [head = '', tail = ''] = exampleXml.split(/(?= {4}<controller type='usb')/);
  const rest = `${head}${tail}`.split('\n').length;
  const disks: string[] = [];
  for (let index = 0; rest + disks.length < lines; index++) {
    disks.push(
      `    <disk type='file' device='disk'>`,
      `      <driver name='qemu' type='qcow2' cache='none' io='native'/>`,
      `      <source file='/var/lib/libvirt/images/web01-${target(index)}.qcow2'/>`,
      `      <target dev='${target(index)}' bus='scsi'/>`,
      `      <serial>${target(index)}</serial>`,
      `      <address type='drive' controller='${String(Math.floor(index / 64))}' bus='0' target='0' unit='${String(index % 64)}'/>`,
      `    </disk>`,
    );
  }
  return `${head}${disks.join('\n')}\n${tail}`;
}
