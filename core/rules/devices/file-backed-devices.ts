import type { Domain } from '../../domain/domain.ts';
import { located, locatedText } from '../../domain/located.ts';
import { say } from '../../messages.ts';
import type { Located } from '../../text/span.ts';
import { attribute, child, children } from '../../xml/tree.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { devices, inXml } from './devices.ts';

/** Files and device nodes of the host, besides disks, that QEMU opens when it starts. */
function hostPaths(domain: Domain): readonly Located<string>[] {
  const os = child(domain.root, 'os');
  const acpi = children(child(os, 'acpi'), 'table');
  const characterDevices = ['serial', 'parallel', 'console', 'channel'].flatMap((name) =>
    devices(domain, name),
  );
  const found = [
    ...['kernel', 'initrd', 'dtb'].map((name) => locatedText(child(os, name))),
    ...acpi.map(locatedText),
    ...devices(domain, 'memory').map((memory) =>
      locatedText(child(child(memory, 'source'), 'path')),
    ),
    ...children(domain.root, 'sysinfo')
      .flatMap((info) => children(info, 'entry'))
      .map((entry) => located(entry, 'file')),
    ...characterDevices.filter(isNode).map((device) => located(child(device, 'source'), 'path')),
    ...devices(domain, 'input').map((input) => inputNode(input)),
  ];
  return found.filter((path) => path !== undefined);
}

/** A file need not be there, QEMU makes it; a device node or a pipe must. */
function isNode(device: XmlElement): boolean {
  return ['dev', 'pipe'].includes(attribute(device, 'type')?.value ?? '');
}

function inputNode(input: XmlElement): Located<string> | undefined {
  if (attribute(input, 'type')?.value !== 'evdev') return undefined;
  return located(child(input, 'source'), 'dev');
}

export default defineRule({
  id: 'file-backed-devices',
  severity: 'info',
  summary: say('Files of the host that the guest uses besides disks are on both hosts.'),
  needs: ['domain'],
  check(migration, { domain }, report) {
    for (const path of hostPaths(domain)) {
      report({
        at: migration.at(['domain']),
        message: say(
          'The guest uses {0} of {1}; {2} must have it under the same path, or QEMU there does not start: “No such file or directory”.',
          path.value,
          migration.sourceName,
          migration.destinationName,
        ),
        related: [inXml(domain, path.span, say('the path'))],
      });
    }
  },
});
