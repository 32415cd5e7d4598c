import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { complete } from '../../../../core/service/completion.ts';
import type { CompletionItem } from '../../../../core/service/completion-item.ts';
import { parseXml } from '../../../../core/xml/parse.ts';
import type { XmlElement } from '../../../../core/xml/tree.ts';
import { atCursor } from '../cursor-text.ts';
import { contextOf } from '../memory-workspace.ts';
import { grammar } from './grammar.ts';

function itemsAt(text: string, offset: number): readonly CompletionItem[] {
  return complete(contextOf('x.domain.xml', { 'x.domain.xml': text }, { grammar }), offset);
}

function labels(marked: string): readonly string[] {
  const { text, offset } = atCursor(marked);
  return [...itemsAt(text, offset)]
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .filter(({ kind, label }) => kind !== 'item' && !label.startsWith('/'))
    .map(({ label }) => label);
}

const inDevices = (inner: string): string =>
  `<domain type='kvm'><name>a</name><devices>${inner}</devices></domain>`;

describe('what the grammar expects at a place', () => {
  it('depends on the attributes that are there, the required ones first', () => {
    const network = labels(inDevices("<disk type='network'><source |/></disk>"));
    assert.equal(network[0], 'protocol');
    assert.ok(!network.includes('file'));
    const file = labels(inDevices("<disk type='file'><source |/></disk>"));
    assert.ok(file.includes('file'));
    assert.ok(!file.includes('protocol'));
  });
  it('leaves out what is there and can be there only once', () => {
    const found = labels(inDevices("<disk type='file'><target dev='vda'/><|</disk>"));
    assert.ok(!found.includes('target'));
    assert.ok(found.includes('source'));
    assert.ok(labels(inDevices('<disk><|<target dev="vda"/></disk>')).includes('source'));
    assert.ok(!labels(inDevices('<disk><|<target dev="vda"/></disk>')).includes('target'));
  });
  it('keeps what can come again', () => {
    assert.ok(labels(inDevices('<disk><target dev="vda"/></disk><|')).includes('disk'));
  });
  it('knows what must come before something that is there already', () => {
    const sev = labels(
      "<domain type='kvm'><launchSecurity type='sev'><|<reducedPhysBits>1</reducedPhysBits><policy>0x1</policy></launchSecurity></domain>",
    );
    assert.ok(sev.includes('cbitpos'));
    assert.ok(!sev.includes('policy'));
  });
  it('goes on past attributes and elements that it does not know', () => {
    const found = labels(
      inDevices("<nonsense/><disk type='nope' odd='1'><what/><source |/></disk>"),
    );
    assert.ok(found.length > 0);
  });
  it('goes through layers below layers', () => {
    const marked = inDevices(
      "<disk type='file'><backingStore type='file'><format type='qcow2'/><source file='a'/><backingStore type='|'/></backingStore></disk>",
    );
    assert.ok(labels(marked).includes('file'));
  });
  it('writes required attributes, and closes what can hold nothing', () => {
    const { text, offset } = atCursor(inDevices('<disk><tar|</disk>'));
    const target = itemsAt(text, offset).find(({ label }) => label === 'target');
    assert.equal(target?.newText, "target dev='$1'$0/>");
    const at = atCursor(inDevices('<inter|'));
    const network = itemsAt(at.text, at.offset).find(({ label }) => label === 'interface');
    assert.equal(network?.newText, "interface type='$1'>\n  $0\n</interface>");
    const named = atCursor('<domain><na|</domain>');
    const name = itemsAt(named.text, named.offset).find(({ label }) => label === 'name');
    assert.equal(name?.newText, 'name>$0</name>');
  });
  it('offers nothing in an element of another program', () => {
    const marked = "<domain><metadata><app:x xmlns:app='urn:a'><|</app:x></metadata></domain>";
    assert.deepEqual(labels(marked), []);
  });
});

describe('a whole guest, with one piece taken out', () => {
  const guest = `<domain type='kvm' id='3'>
  <name>guest</name>
  <memory unit='KiB'>2097152</memory>
  <memoryBacking><hugepages><page size='2048' unit='KiB'/></hugepages></memoryBacking>
  <vcpu placement='static' cpuset='0-3'>4</vcpu>
  <cputune><vcpupin vcpu='0' cpuset='0'/><emulatorpin cpuset='1-2'/></cputune>
  <numatune><memory mode='strict' nodeset='0'/></numatune>
  <os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type><boot dev='hd'/></os>
  <features><acpi/><apic/><smm state='on'/></features>
  <cpu mode='custom' match='exact' check='full'>
    <model fallback='forbid'>Skylake-Server</model>
    <feature policy='require' name='vmx'/>
  </cpu>
  <clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>
  <on_crash>restart</on_crash>
  <devices>
    <disk type='network' device='disk' snapshot='external'>
      <driver name='qemu' type='raw' cache='none' io='threads' discard='unmap'/>
      <auth username='libvirt'><secret type='ceph' uuid='60f1d0c1-3b7a-4d9e-8c5e-111111111111'/></auth>
      <source protocol='rbd' name='pool/image'><host name='mon1' port='6789'/></source>
      <target dev='vda' bus='virtio'/>
      <shareable/>
    </disk>
    <controller type='scsi' index='0' model='virtio-scsi'/>
    <filesystem type='mount' accessmode='passthrough'>
      <driver type='virtiofs'/><source dir='/srv'/><target dir='tag'/>
    </filesystem>
    <interface type='bridge'>
      <mac address='52:54:00:12:34:56'/><source bridge='br0'/><model type='virtio'/>
      <virtualport type='openvswitch'/>
    </interface>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>
    <graphics type='vnc' port='-1' autoport='yes'><listen type='address' address='0.0.0.0'/></graphics>
    <memballoon model='virtio'><stats period='5'/></memballoon>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
    <shmem name='shm' role='master'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>
  </devices>
  <seclabel type='dynamic' model='selinux' relabel='yes'/>
</domain>
`;
  const without = (from: number, to: number, put = ''): string =>
    guest.slice(0, from) + put + guest.slice(to);
  const offered = (text: string, offset: number): readonly string[] =>
    itemsAt(text, offset)
      .filter(({ kind, label }) => kind !== 'item' && !label.startsWith('/'))
      .map(({ label }) => label);
  const each = (visit: (element: XmlElement) => void): void => {
    const walk = (element: XmlElement): void => {
      visit(element);
      element.children.forEach(walk);
    };
    walk(parseXml(guest).root ?? assert.fail());
  };

  it('is offered the attribute that is missing, among at most five on average', () => {
    let proposed = 0;
    let places = 0;
    each(({ name: of, attributes }) => {
      for (const { name, span } of attributes) {
        const found = offered(without(span.start, span.end), span.start);
        assert.ok(found.includes(name), `${name} of ${of}: ${found.join()}`);
        proposed += found.length;
        places++;
      }
    });
    assert.ok(places > 60);
    assert.ok(proposed / places <= 5, String(proposed / places));
  });
  it('is offered the element that is missing', () => {
    each(({ name: of, children }) => {
      for (const { name, span } of children) {
        const found = offered(without(span.start, span.end, '<'), span.start + 1);
        assert.ok(found.includes(name), `${name} in ${of}: ${found.join()}`);
      }
    });
  });
  it('is offered the value that is missing wherever values are listed', () => {
    const open = new Set(['machine', 'dev', 'size', 'unit', 'port']);
    let places = 0;
    each(({ name: of, attributes }) => {
      for (const { name, value, valueSpan } of attributes) {
        const found = offered(without(valueSpan.start, valueSpan.end), valueSpan.start);
        if (found.length === 0 || open.has(name)) continue;
        assert.ok(found.includes(value), `${of}/@${name}=${value}: ${found.join()}`);
        places++;
      }
    });
    assert.ok(places > 40, String(places));
  });
});
