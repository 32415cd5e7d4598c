import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../../../../core/messages.ts';
import { complete } from '../../../../core/service/completion.ts';
import type { CompletionItem } from '../../../../core/service/completion-item.ts';
import { atCursor } from '../cursor-text.ts';
import { contextOf } from '../memory-workspace.ts';
import type { MemoryOptions } from '../memory-workspace.ts';
import { host, snapshot } from '../snapshots.ts';
import { grammar } from './grammar.ts';

function items(
  marked: string,
  options: MemoryOptions = {},
  trigger?: string,
): readonly CompletionItem[] {
  const { text, offset } = atCursor(marked);
  const files = { 'x.domain.xml': text };
  return complete(contextOf('x.domain.xml', files, { grammar, ...options }), offset, trigger);
}

const labels = (found: readonly CompletionItem[]): readonly string[] =>
  [...found].sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ label }) => label);

/** The text after choosing a completion; tab stops are shown as `‸` when they are the last one. */
function chosen(marked: string, label: string, options: MemoryOptions = {}): string {
  const { text } = atCursor(marked);
  const found = items(marked, options).find((each) => each.label === label);
  assert.ok(found, `${label} is not offered`);
  const { span, newText, snippet } = found;
  const plain = snippet
    ? newText
        .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
        .replace('$0', '‸')
        .replace(/\$\d+/g, '')
        .replace(/\\([\\$}])/g, '$1')
    : newText;
  const line = text.slice(text.lastIndexOf('\n', span.start - 1) + 1, span.start);
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  return text.slice(0, span.start) + plain.replaceAll('\n', `\n${indent}`) + text.slice(span.end);
}

const inDisk = (inner: string): string =>
  `<domain type='kvm'>\n  <devices>\n    <disk type='network'>\n      ${inner}\n    </disk>\n  </devices>\n</domain>\n`;
const inDevices = (inner: string): string =>
  `<domain type='kvm'>\n  <devices>\n    ${inner}\n  </devices>\n</domain>\n`;

describe('completion of elements in domain XML', () => {
  it('offers what may stand in the element around', () => {
    const found = labels(items(inDisk('<|')));
    for (const name of ['source', 'target', 'driver', 'shareable']) assert.ok(found.includes(name));
    assert.ok(!found.includes('vcpu'));
  });
  it('replaces a half-typed name and writes the rest of the element', () => {
    assert.equal(chosen(inDisk('<share|'), 'shareable'), inDisk('<shareable‸/>'));
    assert.equal(
      chosen(inDevices('<cha|'), 'channel: guest agent'),
      inDevices(
        "<channel type='unix'>\n      <target type='virtio' name='org.qemu.guest_agent.0'/>\n    </channel>‸",
      ),
    );
  });
  it('changes only the name of an element that is there', () => {
    assert.equal(chosen(inDisk("<sou|x file='a'/>"), 'source'), inDisk("<source file='a'/>"));
  });
  it('works without “<” when it is asked for', () => {
    assert.equal(chosen(inDisk('sha|'), 'shareable'), inDisk('<shareable‸/>'));
    assert.deepEqual(items(inDisk('|'), {}, ' '), []);
  });
  it('offers whole disks with the next free target, in the quotes of the file', () => {
    const marked = `<domain type="kvm">\n<devices>\n<disk><target dev="vda"/></disk>\n<|\n</devices></domain>`;
    assert.match(chosen(marked, 'disk: qcow2 file'), /<target dev="vdb" bus="virtio"\/>/);
    assert.match(chosen(marked, 'disk: raw block device'), /<disk type="block" device="disk">/);
    assert.match(chosen(marked, 'disk: Ceph RBD'), /<secret type="ceph" uuid=/);
  });
  it('takes names of networks and bridges from the hosts', () => {
    const facts = snapshot(host('kvm01', { bridges: { ok: true, from: 'ls', value: ['br-vm'] } }));
    assert.match(chosen(inDevices('<|'), 'interface: bridge', { facts }), /bridge='br-vm'/);
    assert.match(chosen(inDevices('<|'), 'interface: bridge'), /bridge='br0'/);
  });
  it('knows the element around while its end tag is missing', () => {
    const found = labels(
      items('<domain>\n  <devices>\n    <disk>\n      <|\n  </devices>\n</domain>\n'),
    );
    assert.ok(found.includes('source'), found.join());
    assert.ok(!found.includes('interface'));
  });
  it('begins a document', () => {
    assert.deepEqual(labels(items('<|')), ['domain']);
    assert.ok(labels(items('|')).includes('domain'));
  });
  it('documents them', () => {
    const disk = items(inDevices('<|')).find(({ label }) => label === 'disk');
    assert.match(
      disk?.documentation.map((line) => render(line)).join('\n') ?? '',
      /must be able to reach|must be reachable/,
    );
  });
});

describe('completion of end tags', () => {
  it('closes the element that is open', () => {
    assert.equal(
      chosen('<domain>\n  <devices>\n  </|\n</domain>', 'devices>'),
      '<domain>\n  <devices>\n  </devices>\n</domain>',
    );
    assert.deepEqual(labels(items('<domain><name>a</|</domain>')), ['name>']);
    assert.deepEqual(labels(items('<domain><name>a</na|>', {}, '/')), ['name']);
  });
  it('offers the end tag behind a start tag that has none', () => {
    assert.deepEqual(labels(items('<domain>\n  <name>|\n</domain>', {}, '>')), ['</name>']);
    assert.deepEqual(labels(items('<domain>\n  <name>|</name>\n</domain>', {}, '>')), []);
    assert.deepEqual(labels(items('<domain>\n  <os/>|\n</domain>', {}, '>')), []);
  });
});

describe('completion of attributes in domain XML', () => {
  it('offers those that are not there, and goes on with the value', () => {
    const found = items(inDisk("<target dev='vda' |/>"));
    assert.ok(labels(found).includes('bus'));
    assert.ok(!labels(found).includes('dev'));
    assert.equal(
      chosen(inDisk("<target dev='vda' |/>"), 'bus'),
      inDisk("<target dev='vda' bus=''‸/>"),
    );
    assert.ok(found.every(({ continues }) => continues));
  });
  it('keeps the value of one whose name is changed', () => {
    assert.equal(chosen(inDisk("<target d|='vda'/>"), 'dev'), inDisk("<target dev='vda'/>"));
  });
  it('sets spaces where they are missing', () => {
    assert.equal(
      chosen(inDisk("<target dev='vda'|/>"), 'bus'),
      inDisk("<target dev='vda' bus=''‸/>"),
    );
    assert.equal(
      chosen(inDisk("<target |dev='vda'/>"), 'bus'),
      inDisk("<target bus=''‸ dev='vda'/>"),
    );
  });
  it('is at hand in a tag that is not finished', () => {
    assert.ok(labels(items(inDisk('<target b|'))).includes('bus'));
  });
});

describe('completion of values in domain XML', () => {
  it('offers what is listed, explained, the default marked', () => {
    const found = items(inDisk("<driver cache='|'/>"));
    assert.ok(labels(found).includes('none'));
    const none = found.find(({ label }) => label === 'none');
    assert.match(
      none?.documentation.map((line) => render(line)).join('') ?? '',
      /Safe for migration/,
    );
    assert.ok(found.some(({ detail }) => detail !== undefined && typeof detail !== 'string'));
  });
  it('replaces the whole value, and closes what is not closed', () => {
    assert.equal(
      chosen(inDisk("<driver cache='wr|ite'/>"), 'none'),
      inDisk("<driver cache='none'/>"),
    );
    assert.equal(chosen(inDisk("<driver cache='|/>"), 'none'), inDisk("<driver cache='none'/>"));
    assert.equal(chosen(inDisk('<driver cache=|/>'), 'none'), inDisk("<driver cache='none'/>"));
    assert.equal(chosen(inDisk('<driver cache="|"/>'), 'none'), inDisk('<driver cache="none"/>'));
  });
  it('offers listed texts of elements', () => {
    const found = labels(items('<domain><on_crash>|</on_crash></domain>'));
    assert.ok(found.includes('coredump-destroy'));
    assert.equal(
      chosen('<domain><on_crash>des|t</on_crash></domain>', 'restart'),
      '<domain><on_crash>restart</on_crash></domain>',
    );
    assert.deepEqual(labels(items('<domain><description>a |</description></domain>')), []);
  });

  const cpu = (usableModels: readonly string[], machines: readonly string[]): object => ({
    ok: true,
    from: 'virsh',
    value: {
      arch: 'x86_64',
      model: undefined,
      vendor: undefined,
      modelName: undefined,
      features: [],
      machines,
      usableModels,
    },
  });
  const facts = snapshot(
    host('kvm01', {
      cpu: cpu(['Skylake-Client', 'Cascadelake-Server'], ['pc-q35-7.2', 'pc-q35-10.0']),
      networks: {
        ok: true,
        from: 'virsh',
        value: [
          { name: 'lan', active: true, bridge: undefined },
          { name: 'asleep', active: false, bridge: undefined },
        ],
      },
    } as Parameters<typeof host>[1]),
    host('kvm02', { cpu: cpu(['Skylake-Client'], ['pc-q35-7.2']) } as Parameters<typeof host>[1]),
  );
  it('offers CPU models and machine types, those of all hosts first', () => {
    assert.deepEqual(
      labels(items('<domain><cpu><model>|</model></cpu></domain>', { facts })).slice(0, 2),
      ['Skylake-Client', 'Cascadelake-Server'],
    );
    const machines = items("<domain><os><type machine='|'>hvm</type></os></domain>", { facts });
    assert.equal(labels(machines)[0], 'pc-q35-7.2');
    const { detail } = machines[0] ?? assert.fail();
    assert.ok(typeof detail === 'object');
    assert.equal(render(detail), 'on all 2 hosts');
  });
  it('offers active networks only', () => {
    const found = labels(
      items(inDevices("<interface type='network'><source network='|'/></interface>"), { facts }),
    );
    assert.ok(found.includes('lan'));
    assert.ok(!found.includes('asleep'));
  });
  it('offers targets that no disk has, and names of this file', () => {
    const marked = inDevices("<disk><target dev='vda'/></disk><disk><target dev='|'/></disk>");
    assert.deepEqual(labels(items(marked)).slice(0, 2), ['vdb', 'sda']);
    const teamed = inDevices(
      "<interface><alias name='ua-a'/></interface><interface><alias name='net1'/></interface><hostdev><teaming type='transient' persistent='|'/></hostdev>",
    );
    assert.deepEqual(labels(items(teamed)), ['ua-a']);
  });
});

describe('completion by typing', () => {
  it('comes only after characters that ask for something there', () => {
    assert.ok(items(inDevices('<|'), {}, '<').length > 0);
    assert.ok(items(inDisk("<driver cache='|'/>"), {}, "'").length > 0);
    assert.ok(items(inDisk('<driver |/>'), {}, ' ').length > 0);
    assert.deepEqual(items(inDisk("<source file='/|'/>"), {}, '/'), []);
    assert.deepEqual(items(inDevices("don'|"), {}, "'"), []);
    assert.deepEqual(items(inDevices('<|'), {}, ':'), []);
  });
  it('is silent in comments', () => {
    assert.deepEqual(items(inDevices('<!-- <| -->')), []);
  });
});
