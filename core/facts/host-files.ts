import type { Domain } from '../domain/domain.ts';
import type { Span } from '../text/span.ts';
import { attribute, child, children } from '../xml/tree.ts';
import type { XmlElement } from '../xml/tree.ts';

/** A path of the host that a domain needs and that is no disk. */
export interface HostFile {
  readonly path: string;
  /** Where the domain XML says so. */
  readonly span: Span;
  /**
   * `emulator`: the program. `needed`: the guest does not start without it. `usual`: neither, but most
   * hosts have it. `folder`: QEMU makes the file, its folder must be there (the path is the folder's).
   * `state`: written by the guest, kept in a file of the host.
   */
  readonly use: 'emulator' | 'needed' | 'usual' | 'folder' | 'state';
}

/** Where libvirt keeps the state of emulated TPMs, one folder a domain. */
export const tpmFolder = '/var/lib/libvirt/swtpm';

/**
 * Paths other than disks that the destination needs for a domain, in the order of the XML
 * (https://libvirt.org/formatdomain.html). Sockets and paths that libvirt makes by itself are left out.
 */
export function hostFiles(domain: Domain): readonly HostFile[] {
  const { root, emulator, firmware, tpms } = domain;
  const found: HostFile[] = [];
  const add = (use: HostFile['use'], path: string | undefined, span: Span): void => {
    if (path?.startsWith('/') === true) found.push({ use, path, span });
  };
  if (emulator !== undefined) add('emulator', emulator.value, emulator.span);
  if (firmware?.loader !== undefined) add('usual', firmware.loader.value, firmware.loader.span);
  if (firmware?.nvram !== undefined) add('state', firmware.nvram.value, firmware.nvram.span);
  const os = child(root, 'os');
  for (const name of ['kernel', 'initrd', 'dtb']) {
    const element = child(os, name);
    if (element !== undefined) add('needed', element.text.value, element.text.span);
  }
  for (const table of children(child(os, 'acpi'), 'table'))
    add('needed', table.text.value, table.text.span);
  for (const entry of children(root, 'sysinfo').flatMap((info) => children(info, 'entry'))) {
    const file = attribute(entry, 'file');
    if (file !== undefined) add('needed', file.value, file.valueSpan);
  }
  const devices = children(root, 'devices').flatMap((each) => each.children);
  for (const device of devices) addDevice(device, add);
  if (tpms.some(({ backend }) => backend?.value === 'emulator'))
    add('state', tpmFolder, tpms[0]?.span ?? root.nameSpan);
  return found;
}

type Add = (use: HostFile['use'], path: string | undefined, span: Span) => void;

function addDevice(device: XmlElement, add: Add): void {
  const source = child(device, 'source');
  const from = (name: string) => (source === undefined ? undefined : attribute(source, name));
  switch (device.name) {
    case 'serial':
    case 'parallel':
    case 'console':
    case 'channel': {
      const type = attribute(device, 'type')?.value;
      const path = from('path');
      if (path !== undefined && type === 'file')
        add('folder', folderOf(path.value), path.valueSpan);
      // A pipe or a device of the host; of pty the path is what the source happened to get.
      if (path !== undefined && (type === 'dev' || type === 'pipe'))
        add('needed', path.value, path.valueSpan);
      const log = child(device, 'log');
      const file = log === undefined ? undefined : attribute(log, 'file');
      if (file !== undefined) add('folder', folderOf(file.value), file.valueSpan);
      break;
    }
    case 'filesystem': {
      const folder = from('dir');
      if (folder !== undefined) add('usual', folder.value, folder.valueSpan);
      break;
    }
    case 'memory': {
      const path = child(source, 'path');
      if (path !== undefined) add('needed', path.text.value, path.text.span);
      break;
    }
    case 'rng': {
      const backend = child(device, 'backend');
      if (backend !== undefined && attribute(backend, 'model')?.value === 'random')
        add('usual', backend.text.value, backend.text.span);
      break;
    }
    case 'input': {
      const node = from('dev');
      if (node !== undefined && attribute(device, 'type')?.value === 'evdev')
        add('needed', node.value, node.valueSpan);
      break;
    }
    default:
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
