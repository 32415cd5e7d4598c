import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceDiskSources } from '../../../core/domain/replace-disk-sources.ts';
import type { MovedDisk } from '../../../core/domain/replace-disk-sources.ts';

const xml = `<domain type='kvm'>
  <name>it's "vm"</name>
  <metadata><x:note xmlns:x="urn:x">/old/a.qcow2 <![CDATA[<source file='/old/a.qcow2'/>]]></x:note></metadata>
  <!-- <disk><source file='/old/a.qcow2'/><target dev='vda'/></disk> -->
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source  file = '/old/a.qcow2' startupPolicy="optional"><seclabel model='dac' relabel='no'/></source>
      <backingStore/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type="block" device="disk">
      <driver name="qemu" type="raw"/>
      <source dev="/dev/vg/b"/>
      <target dev="vdb" bus="virtio"/>
    </disk>
    <disk type='file' device='cdrom'><target dev='sda'/></disk>
    <graphics type='vnc' passwd='s3cret'/>
  </devices>
</domain>
`;
const file = (path: string) => ({ type: 'file' as const, path });
const block = (path: string) => ({ type: 'block' as const, path });
const a: MovedDisk = { target: 'vda', from: file('/old/a.qcow2'), to: file('/new/a.qcow2') };
const b: MovedDisk = { target: 'vdb', from: block('/dev/vg/b'), to: file('/new/b.raw') };

function replaced(moved: readonly MovedDisk[], text = xml): string {
  const result = replaceDiskSources(text, moved);
  assert.ok(result.ok, JSON.stringify(result));
  return result.xml;
}

test('the path of a disk changes, and no other byte', () => {
  assert.equal(
    replaced([a]),
    xml.replace("file = '/old/a.qcow2' startup", "file = '/new/a.qcow2' startup"),
  );
});

test('a block device becomes a file in its type and its source', () => {
  assert.equal(
    replaced([a, b]),
    replaced([a])
      .replace('<disk type="block"', '<disk type="file"')
      .replace('dev="/dev/vg/b"', 'file="/new/b.raw"'),
  );
});

test('a file becomes a block device', () => {
  const moved = { ...a, to: block('/dev/vg/a') };
  const expected = xml
    .replace("<disk type='file' device='disk'", "<disk type='block' device='disk'")
    .replace("file = '/old/a.qcow2' startup", "dev = '/dev/vg/a' startup");
  assert.equal(replaced([moved]), expected);
});

test('whatever a path holds stays inside its attribute and is read back as it was', () => {
  const path = `/new/it's <"a"> & 'b'.qcow2`;
  const once = replaced([{ ...a, to: file(path) }]);
  assert.equal(replaced([{ ...a, from: file(path), to: a.from }], once), xml);
  const inDouble = replaced([{ ...b, to: file(path) }]);
  assert.equal(replaced([{ ...b, from: file(path), to: b.from }], inDouble), xml);
});

test('moving nothing changes nothing', () => {
  assert.equal(replaced([]), xml);
  assert.equal(replaced([{ ...a, to: a.from }]), xml);
});

test('what is not as planned is refused', () => {
  const refused = (moved: MovedDisk, text = xml): void => {
    assert.equal(replaceDiskSources(text, [moved]).ok, false, JSON.stringify(moved));
  };
  refused({ ...a, from: file('/old/other.qcow2') });
  refused({ ...a, from: block('/old/a.qcow2') });
  refused({ ...a, target: 'vdz' });
  refused({ ...a, target: 'sda' });
  refused(
    a,
    xml.replace(
      '<backingStore/>',
      "<backingStore type='file'><source file='/base'/></backingStore>",
    ),
  );
  refused(a, xml.replace('dev="vdb"', "dev='vda'"));
  refused(a, xml.slice(0, -20));
  refused(a, `<domainsnapshot>${xml}</domainsnapshot>`);
});
