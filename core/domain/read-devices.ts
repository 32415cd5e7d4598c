import { child } from '../xml/tree.ts';
import type { XmlElement } from '../xml/tree.ts';
import type { Filesystem, HostDevice, SharedMemory, Tpm } from './domain.ts';
import { located } from './located.ts';

/** Devices other than disks and interfaces that decide whether a domain can be migrated at all. */

export function readHostDevice(element: XmlElement): HostDevice {
  return {
    span: element.startTagSpan,
    mode: located(element, 'mode') ?? { value: 'subsystem', span: element.nameSpan },
    type: located(element, 'type'),
    teaming: located(child(element, 'teaming'), 'type'),
  };
}

export function readFilesystem(element: XmlElement): Filesystem {
  const source = child(element, 'source');
  const names = ['dir', 'socket', 'file', 'dev', 'name', 'pool'];
  return {
    span: element.startTagSpan,
    type: located(element, 'type') ?? { value: 'mount', span: element.nameSpan },
    driver: located(child(element, 'driver'), 'type'),
    source: names.map((name) => located(source, name)).find((each) => each !== undefined),
    target: located(child(element, 'target'), 'dir'),
  };
}

export function readSharedMemory(element: XmlElement): SharedMemory {
  return {
    span: element.startTagSpan,
    name: located(element, 'name'),
    role: located(element, 'role'),
    model: located(child(element, 'model'), 'type'),
  };
}

export function readTpm(element: XmlElement): Tpm {
  const backend = child(element, 'backend');
  return {
    span: element.startTagSpan,
    backend: located(backend, 'type'),
    version: located(backend, 'version'),
    encryptionSecret: located(child(backend, 'encryption'), 'secret'),
  };
}
