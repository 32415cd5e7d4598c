/** Documents, and edits of them as people and programs make them, drawn from a seed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleDomain } from './sample.ts';

const example = readFileSync(
  join(import.meta.dirname, '../../../examples/web01.domain.xml'),
  'utf8',
);

/** Line ends of another system, text between elements, all kinds of markup, and namespaces. */
export const editedDocuments: readonly string[] = [
  sampleDomain,
  example,
  example.replaceAll('\n', '\r\n'),
  `<?xml version='1.0'?>
<!-- made by hand -->
<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>a&amp;b<!-- c --> <![CDATA[<d>]]></name>
  <memory unit='KiB'> 1024
  </memory>
  <description>one <b>two</b> three <i/> four</description>
  <devices><disk type='file'><target dev='vda'/></disk><disk><target dev='vdb'/></disk>
    <?editor fold?>
    <disk type='block'><![CDATA[ ]]><source dev='/dev/sdb'/><target dev='vdc' bus='virtio'/></disk>
    <interface type='network'><source network='default'/></interface>
  </devices>
  <qemu:commandline><qemu:arg value='-s'/></qemu:commandline>
  <metadata><x:y xmlns:x='urn:x'><x:z/>😀</x:y></metadata>
</domain>
<!-- end -->
`,
];

/** What is typed: half of it is no markup yet. */
const typed = [
  ...['<', '>', '</', '/>', '"', "'", '=', '&', '&amp;', '&#13;', '&nope;', '--', ' ', 'x', '7'],
  ...['<!--', '-->', '<!-- c -->', '<![CDATA[', ']]>', '<![CDATA[ ]]>', '<![CDATA[x]]>', '<?p?>'],
  ...['\n', '\r\n', '\r', '\t', '\n  ', 'text', ' text ', 'é', '😀', '\ud800', '\udc00', '\u0001'],
  ...['<a>', '</a>', '<a/>', '<a>t</a>', '<a b="c"/>', '<a>\n</a>', '<sou', '\n    <disk>'],
  ...['<devices>', '</devices>', '</disk>', '</domain>', "<target dev='vda'/>", '<readonly/>'],
  ...[" cache='none'", ' xmlns="u"', ' xmlns:x="u"', '<!DOCTYPE d [', '<!DOCTYPE d>', '<?xml'],
];

/** Numbers below a bound, the same ones for the same seed (a linear congruential generator). */
export function drawing(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** The text with one more edit: something typed, pasted, removed, or replaced. */
export function edited(text: string, draw: (bound: number) => number): string {
  const tags = [...text.matchAll(/[<>]/g)];
  // Where elements begin and end there is most to go wrong.
  const beside = (tags[draw(tags.length)]?.index ?? 0) + draw(2);
  const at = draw(2) === 0 ? draw(text.length + 1) : Math.min(beside, text.length);
  const removed = draw(3) === 0 ? draw(draw(4) === 0 ? 200 : 8) : 0;
  const from = draw(text.length);
  const added =
    [
      () => '',
      () => text.slice(from, from + draw(80)),
      () => /<(\w+)[^>]*>[^<]*<\/\1>/.exec(text.slice(from))?.[0] ?? '',
    ][draw(6)] ?? (() => typed[draw(typed.length)] ?? '');
  return text.slice(0, at) + added() + text.slice(at + removed);
}
