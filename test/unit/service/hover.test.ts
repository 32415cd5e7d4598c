import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../../../core/messages.ts';
import { migrationFields } from '../../../core/descriptor/fields.ts';
import { inventoryFields } from '../../../core/descriptor/inventory-fields.ts';
import type { Field } from '../../../core/descriptor/field-types.ts';
import { hover } from '../../../core/service/hover.ts';
import { domainXml, inventory } from '../../protocol/samples.ts';
import { atCursor } from './cursor-text.ts';
import { contextOf } from './memory-workspace.ts';
import type { MemoryOptions } from './memory-workspace.ts';
import { kvm01, snapshot } from './snapshots.ts';

const head = 'apiVersion: livemigrate/v1\nkind: Migration\n';
const linked = `${head}domain: openEulerVM\ndomainXml: ./openEulerVM.domain.xml\nsource: kvm01\n`;

function hoverText(marked: string, path = 'a.migration.yaml', options: MemoryOptions = {}): string {
  const { text, offset } = atCursor(marked);
  const files = {
    'hosts.migration.yaml': inventory,
    'openEulerVM.domain.xml': domainXml,
    [path]: text,
  };
  const found = hover(contextOf(path, files, options), offset);
  return found?.lines.map((line) => render(line)).join('\n') ?? '';
}

describe('hover in a descriptor', () => {
  it('says meaning, default, range, virsh option, QMP parameter and version of a key', () => {
    const text = hoverText('policy:\n  max|Downtime: 500ms\n');
    assert.match(text, /Longest pause of the guest/);
    assert.match(text, /Default: 300ms/);
    assert.match(text, /From 1ms to /);
    assert.match(text, /virsh: migrate-setmaxdowntime/);
    assert.match(text, /QMP: .*downtime-limit/);
    assert.match(hoverText('policy:\n  bandw|idth: 1MiB/s\n'), /Since libvirt 5\.7\.0/);
  });
  it('has a text for every key of the table', () => {
    const visit = (field: Field, lines: string, indent: string): void => {
      if (field.kind === 'list') visit(field.item, `${lines}- `, `${indent}  `);
      if (field.kind !== 'object') return;
      for (const [key, below] of Object.entries(field.fields)) {
        if (indent === '' && key === 'kind') continue;
        const marked = `${lines}|${key}: x\n`;
        assert.notEqual(hoverText(marked), '', marked);
        visit(below, `${lines}${key}:\n${indent}  `, `${indent}  `);
      }
    };
    visit(migrationFields, 'kind: Migration\n', '');
    visit(inventoryFields, 'kind: HostInventory\n', '');
  });
  it('shows a rate in bits and a duration in other units', () => {
    assert.match(hoverText('policy: { bandwidth: 500M|iB/s }\n'), /500MiB\/s = 4\.19Gbit\/s/);
    assert.match(hoverText('policy: { completionTimeout: 90|m }\n'), /90m = 1h30m/);
  });
  it('explains the value of an enumeration', () => {
    assert.match(hoverText('policy: { onTimeout: sus|pend }\n'), /the pause has no bound/);
  });
  it('shows what is known of a disk at its target', () => {
    const marked = `${linked}storage:\n  disks:\n    - { target: sd|a, action: copy }\n`;
    const text = hoverText(marked, 'a.migration.yaml', { facts: snapshot(kvm01) });
    assert.match(text, /openEulerVM\.qcow2/);
    assert.match(text, /Virtual size: 20GiB/);
    assert.match(text, /qcow2/);
    assert.match(hoverText(marked.replace('sd|a', 'sd|b')), /must not be copied/);
  });
  it('shows the disks of the domain at its name', () => {
    const text = hoverText(linked.replace('domain: open', 'domain: o|pen'));
    assert.match(text, /Disk sda/);
    assert.match(text, /Disk sdb/);
  });
  it('shows what inventory and facts know of a host', () => {
    const marked = linked.replace('kvm01', 'kv|m01');
    const text = hoverText(marked, 'a.migration.yaml', { facts: snapshot(kvm01) });
    assert.match(text, /qemu\+ssh:\/\/root@kvm01\/system/);
    assert.match(text, /libvirt 11\.3\.0, QEMU 10\.0\.2/);
    assert.match(hoverText(marked), /kvm01 was not asked yet/);
  });
  it('shows the summary of a rule at its id', () => {
    const text = hoverText(`${head}rules: { shareable-disk-|copied: warning }\n`);
    assert.match(text, /Its own level: error/);
  });
  it('is silent in white space and behind the end', () => {
    assert.equal(hoverText(`${linked}\n|\n`), '');
  });
});

describe('hover in domain XML', () => {
  const marks: readonly (readonly [string, string, RegExp])[] = [
    ['<disk', '<di|sk', /Its image must be reachable/],
    ['<shareable', '<share|able', /must not be copied/],
    ['<source file', '<sou|rce file', /same path is used/],
    ['<target', '<tar|get', /names its disks by it/],
    ["cache='none'", "ca|che='none'", /Cache mode/],
    ['<memory', '<mem|ory', /destination needs as much/],
    ['<vcpu', '<vc|pu', /virtual CPUs/],
    ['<interface', '<inter|face', /under the same name/],
    ["machine='pc", "mach|ine='pc", /machine type/],
  ];
  for (const [from, to, expected] of marks) {
    it(`explains ${from}`, () => {
      assert.match(hoverText(domainXml.replace(from, to), 'openEulerVM.domain.xml'), expected);
    });
  }
  it('explains cpu and readonly too', () => {
    const xml =
      "<domain><cpu mode='host-model'/><devices><disk><readonly/></disk></devices></domain>";
    assert.match(hoverText(xml.replace('<cpu', '<c|pu'), 'x.domain.xml'), /same model/);
    assert.match(hoverText(xml.replace('<read', '<re|ad'), 'x.domain.xml'), /does not copy/);
  });
  it('is silent on elements that play no part', () => {
    assert.equal(hoverText('<domain><tit|le>x</title></domain>', 'x.domain.xml'), '');
  });
});
