import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { definition } from '../../../../core/service/definition.ts';
import { references } from '../../../../core/service/references.ts';
import { domainFolds } from '../../../../core/service/domain-xml/folding.ts';
import {
  definitionInDomain,
  highlights,
  mentionsInDomain,
} from '../../../../core/service/domain-xml/references.ts';
import { domainSelection } from '../../../../core/service/domain-xml/selection.ts';
import { tagPairAt } from '../../../../core/service/domain-xml/tag-pair.ts';
import { elementSymbol } from '../../../../core/service/domain-xml/symbols.ts';
import type { SymbolNode } from '../../../../core/service/symbol-node.ts';
import { indexLines } from '../../../../core/text/lines.ts';
import type { Span } from '../../../../core/text/span.ts';
import { contextOf } from '../memory-workspace.ts';
import { domainXml, marked } from './documents.ts';

const texts = (text: string, spans: readonly Span[]): readonly string[] =>
  spans.map(({ start, end }) => text.slice(start, end));

describe('folding', () => {
  const lines = (text: string): readonly string[] => {
    const index = indexLines(text);
    return domainFolds(domainXml(text)).map(
      ({ span, kind }) =>
        `${String(index.position(span.start).line)}-${String(index.position(span.end).line)} ${kind}`,
    );
  };
  it('hides what is inside of an element; its end tag stays', () => {
    assert.deepEqual(lines('<domain>\n  <os>\n    <type/>\n  </os>\n  <pm/>\n</domain>\n'), [
      '0-4 region',
      '1-2 region',
    ]);
  });
  it('folds comments and regions', () => {
    assert.deepEqual(
      lines(
        '<domain>\n<!-- a\nb -->\n<!-- #region disks -->\n<os/>\n<!-- #endregion -->\n</domain>',
      ),
      ['0-5 region', '1-2 comment', '3-5 region'],
    );
  });
  it('takes an element of two lines for one line, and an unclosed one to its end', () => {
    assert.deepEqual(lines('<domain>\n</domain>'), []);
    assert.deepEqual(lines('<domain>\n  <os>\n    <type/>\n'), ['0-2 region', '1-2 region']);
  });
});

describe('a growing selection', () => {
  const grown = (text: string): readonly string[] => {
    const { xml, offset } = marked(text);
    return texts(xml.text, domainSelection(xml, offset));
  };
  it('goes from a value to the attribute, the tag, the element and what is around it', () => {
    assert.deepEqual(grown("<domain><os a='1' b='x|y'>t</os></domain>"), [
      'xy',
      "b='xy'",
      "<os a='1' b='xy'>",
      "<os a='1' b='xy'>t</os>",
      "<domain><os a='1' b='xy'>t</os></domain>",
    ]);
  });
  it('goes from a name to the tag, from text to its element', () => {
    assert.equal(grown('<domain><o|s/></domain>')[0], 'os');
    assert.deepEqual(grown('<domain><name> v|m </name></domain>').slice(0, 3), [
      'vm',
      ' vm ',
      '<name> vm </name>',
    ]);
  });
  it('holds each step in the next', () => {
    const text =
      "<domain>\n <devices>\n  <disk type='file'><!-- c --><target dev='vda'/></disk>\n</devices></domain>\n";
    for (let offset = 0; offset <= text.length; offset++) {
      const spans = domainSelection(domainXml(text), offset);
      assert.ok(spans.length > 0);
      spans.forEach((span, index) => {
        const inner = spans[index - 1];
        assert.ok(inner === undefined || (span.start <= inner.start && inner.end <= span.end));
        assert.ok(span.start <= offset && offset <= span.end);
      });
    }
  });
});

describe('the tags of an element', () => {
  const pair = (text: string): readonly string[] | undefined => {
    const { xml, offset } = marked(text);
    const found = tagPairAt(xml, offset);
    return found?.spans.map(({ start }) => String(start));
  };
  it('are found from either of them', () => {
    assert.deepEqual(pair('<domain><o|s></os></domain>'), ['9', '14']);
    assert.deepEqual(pair('<domain><os></o|s></domain>'), ['9', '14']);
    assert.deepEqual(pair('<domain><os/></|domain>'), ['1', '15']);
  });
  it('are one where there is no end tag, and none away from names', () => {
    assert.deepEqual(pair('<domain><o|s/></domain>'), ['9']);
    assert.equal(pair("<domain><os a='|'/></domain>"), undefined);
    assert.equal(pair('<domain>|\n<os/></domain>'), undefined);
  });
});

const guest = `<domain type='kvm'>
  <name>vm01</name>
  <iothreadids><iothread id='4'/></iothreadids>
  <cputune><iothreadpin iothread='4' cpuset='1'/></cputune>
  <devices>
    <disk type='file'>
      <driver name='qemu' iothread='4'/>
      <source file='/a.img'/>
      <target dev='vda'/>
    </disk>
    <disk device='cdrom'><target dev='sda'/></disk>
    <interface type='bridge'>
      <mac address='52:54:00:AA:00:01'/>
      <source bridge='br0'/>
      <teaming type='persistent'/>
      <alias name='ua-net'/>
    </interface>
    <interface type='hostdev'><teaming type='transient' persistent='ua-net'/></interface>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <graphics type='vnc'/>
  </devices>
</domain>
`;

describe('references inside of a domain', () => {
  const xml = domainXml(guest);
  const at = (word: string, from = 0): number => guest.indexOf(word, from) + word.length - 1;
  it('lead from a team to the alias, from a pin to the I/O thread', () => {
    const alias = definitionInDomain(xml, at("persistent='ua-net"));
    assert.equal(alias?.target.start, guest.indexOf("name='ua-net") + 6);
    const thread = definitionInDomain(xml, at("iothread='4"));
    assert.equal(thread?.target.start, guest.indexOf("id='4") + 4);
  });
  it('are all found from the definition', () => {
    assert.equal(mentionsInDomain(xml, at("id='4"), true).length, 3);
    assert.equal(mentionsInDomain(xml, at("id='4"), false).length, 2);
    assert.equal(definitionInDomain(xml, at("id='4")), undefined);
  });
  it('are highlighted, and so are the two tags of an element', () => {
    assert.equal(highlights(xml, at("name='ua-net")).length, 2);
    assert.equal(highlights(xml, at('<devi')).length, 2);
    assert.deepEqual(highlights(xml, at("type='kvm")), []);
  });
});

describe('the outline', () => {
  const [root] = [elementSymbol(domainXml(guest).document.root ?? assert.fail())];
  const names = (symbol: SymbolNode): readonly string[] => [
    symbol.name,
    ...symbol.children.flatMap(names),
  ];
  it('names devices by what tells them apart', () => {
    const found = names(root);
    for (const name of [
      'disk vda',
      'disk sda',
      'interface 52:54:00:AA:00:01',
      'interface hostdev',
      'channel org.qemu.guest_agent.0',
      'graphics vnc',
    ]) {
      assert.ok(found.includes(name), `${name} in ${found.join()}`);
    }
  });
  it('shows the name of the domain, texts and sources beside them', () => {
    const devices = root.children.find(({ name }) => name === 'devices');
    assert.equal(root.detail, 'vm01');
    assert.equal(root.children[0]?.detail, 'vm01');
    assert.equal(devices?.children[0]?.detail, '/a.img');
  });
});

describe('names inside of a domain', () => {
  const context = contextOf('x.domain.xml', { 'x.domain.xml': guest });
  it('lead to their definition and to each other over the language service', () => {
    const from = guest.indexOf("persistent='ua-net") + "persistent='".length;
    const [found] = definition(context, from);
    assert.equal(found?.target.span.start, guest.indexOf("name='ua-net") + "name='".length);
    const all = references(context, from, { descriptors: [], declarations: true });
    assert.equal(all.length, 2);
    assert.equal(references(context, from, { descriptors: [], declarations: false }).length, 1);
  });
});
