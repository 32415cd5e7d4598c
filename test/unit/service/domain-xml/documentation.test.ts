import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ElementDocumentation } from '../../../../core/domain-docs/documentation.ts';
import {
  attributeDocumentation,
  domainDocumentation,
  elementDocumentation,
} from '../../../../core/domain-docs/lookup.ts';
import { render } from '../../../../core/messages.ts';
import { hoverDomainXml } from '../../../../core/service/domain-hover.ts';
import { vocabularyOf } from '../../../../core/service/domain-xml/vocabulary-of.ts';
import type { Vocabulary } from '../../../../core/service/domain-xml/vocabulary.ts';
import { marked } from './documents.ts';
import { grammar } from './grammar.ts';

function hoverText(text: string, vocabulary?: Vocabulary): string {
  const { xml, offset } = marked(text);
  const found = hoverDomainXml(xml, offset, vocabulary);
  return found?.lines.map((line) => render(line)).join('\n') ?? '';
}

const disk = (inner: string): string =>
  `<domain><devices><disk type='file'>${inner}</disk></devices></domain>`;

describe('hover in domain XML', () => {
  it('tells meaning, what a migration makes of it, default and version', () => {
    const text = hoverText(disk("<driver ca|che='x'/>"));
    assert.match(text, /^disk\/driver@cache/);
    assert.match(text, /Cache mode/);
    assert.match(text, /none and directsync are always safe/);
    assert.match(text, /Default: default/);
    assert.match(hoverText(disk("<driver i|o='native'/>")), /Since libvirt 0\.8\.8/);
  });
  it('explains the value that is written', () => {
    const text = hoverText(disk("<driver cache='write|back'/>"));
    assert.match(text, /^writeback\n/);
    assert.match(text, /until the guest flushes/);
    assert.match(text, /libvirt refuses a disk on shared storage/);
  });
  it('explains a text that is one of several', () => {
    assert.match(hoverText('<domain><on_poweroff>res|tart</on_poweroff></domain>'), /starts again/);
  });
  it('knows one name at different places', () => {
    assert.match(hoverText('<domain><mem|ory>1</memory></domain>'), /destination needs as much/);
    assert.match(hoverText('<domain><numatune><mem|ory/></numatune></domain>'), /whole guest/);
    assert.match(hoverText('<domain><devices><mem|ory/></devices></domain>'), /memory module/);
    assert.match(
      hoverText('<domain><devices><serial><sou|rce/></serial></devices></domain>'),
      /host’s end/,
    );
  });
  it('explains what any device can have, and layers below layers', () => {
    assert.match(hoverText(disk('<al|ias/>')), /own, others are libvirt’s/);
    assert.match(
      hoverText(disk('<backingStore><backingStore><sou|rce/></backingStore></backingStore>')),
      /same path/,
    );
  });
  it('points to the section of libvirt’s page', () => {
    const { xml, offset } = marked(disk('<tar|get/>'));
    assert.equal(
      hoverDomainXml(xml, offset)?.reference,
      'https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms',
    );
  });
  it('explains an end tag as its start tag, with the range of what was pointed at', () => {
    const { xml, offset } = marked('<domain><devices></dev|ices></domain>');
    const found = hoverDomainXml(xml, offset);
    assert.equal(found?.span.start, '<domain><devices></'.length);
  });
  it('is silent about other vocabularies and between elements', () => {
    assert.equal(hoverText('<network><na|me/></network>'), '');
    assert.equal(hoverText('<domain>\n|\n<name/></domain>'), '');
    assert.equal(hoverText('<domain><constr|uctor/></domain>'), '');
  });
});

describe('hover with a grammar', () => {
  const ask = (text: string): string => hoverText(text, vocabularyOf(grammar));
  it('tells what may stand in an element, and what it needs', () => {
    const text = ask('<domain><devices><disk><tar|get dev="vda"/></disk></devices></domain>');
    assert.match(text, /names its disks by it/);
    assert.match(text, /Attributes: dev, .*bus/);
    assert.match(ask('<domain><na|me>a</name></domain>'), /Required in <domain>/);
    assert.match(ask('<domain><dev|ices/></domain>'), /Elements in it: .*disk/);
  });
  it('tells values, numbers and whether an attribute is required', () => {
    const text = ask("<domain><devices><disk><target d|ev='vda'/></disk></devices></domain>");
    assert.match(text, /Required in <target>/);
    assert.match(
      ask("<domain><devices><disk><driver ca|che='none'/></disk></devices></domain>"),
      /Values: .*directsync/,
    );
  });
  it('says something of what has no text of its own', () => {
    assert.match(ask('<domain><ti|tle>a</title></domain>'), /title|Written like/);
    assert.match(ask("<domain><devices><hub ty|pe='usb'/></devices></domain>"), /Values: usb/);
  });
});

describe('the documentation', () => {
  const visit = (
    path: readonly string[],
    element: ElementDocumentation,
    seen: (path: readonly string[], element: ElementDocumentation) => void,
  ): void => {
    seen(path, element);
    for (const [name, child] of Object.entries(element.children ?? {})) {
      visit([...path, name], child, seen);
    }
  };
  it('is found again by each path in it', () => {
    visit(['domain'], domainDocumentation, (path, element) => {
      assert.equal(elementDocumentation(path)?.documentation, element, path.join('/'));
      for (const [name, attribute] of Object.entries(element.attributes ?? {})) {
        assert.equal(attributeDocumentation(path, name)?.documentation, attribute);
      }
    });
  });
  it('gives versions as numbers and sections as anchors', () => {
    visit(['domain'], domainDocumentation, (path, { section, since, attributes }) => {
      assert.match(section ?? 'x', /^[a-z0-9-]+$/, path.join('/'));
      for (const version of [since, ...Object.values(attributes ?? {}).map((each) => each.since)]) {
        assert.match(version ?? '0.0.0', /^\d+\.\d+\.\d+$/, path.join('/'));
      }
    });
  });
});
