import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TextEdit } from '../../../core/problems.ts';
import { definition } from '../../../core/service/definition.ts';
import { documentHighlights } from '../../../core/service/highlights.ts';
import { createParseCache } from '../../../core/service/parse-cache.ts';
import { references } from '../../../core/service/references.ts';
import { renamable, rename } from '../../../core/service/rename.ts';
import { semanticTokens } from '../../../core/service/semantic-tokens.ts';
import { workspaceSymbols } from '../../../core/service/workspace-symbols.ts';
import { domainXml, files as samples, inventory, migration } from '../../protocol/samples.ts';
import { contextOf, memoryWorkspace } from './memory-workspace.ts';

/** A second migration of the same domain, one of another domain, and hosts with a jump host. */
const files: Readonly<Record<string, string>> = {
  ...samples,
  'hosts.migration.yaml': `${inventory}  - name: kvm03\n    jumpHost: kvm02\n`,
  'back.migration.yaml': migration
    .replace('source: kvm01', 'source: "kvm02"')
    .replace('destination: kvm02', 'destination: kvm01'),
  'other.migration.yaml': migration
    .replace('domain: openEulerVM', 'domain: other')
    .replace('domainXml: ./openEulerVM.domain.xml\n', ''),
};
const descriptors = Object.keys(files)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => `mem:/${name}`);

function place(path: string, needle: string): readonly [ReturnType<typeof contextOf>, number] {
  const at = (files[path] ?? '').indexOf(needle);
  assert.ok(at >= 0, needle);
  return [contextOf(path, files), at];
}

function renamed(path: string, needle: string, name: string): Readonly<Record<string, string>> {
  const [context, offset] = place(path, needle);
  const done = rename(context, { offset, name }, descriptors);
  assert.ok(done !== undefined && 'edits' in done, JSON.stringify(done));
  const result: Record<string, string> = { ...files };
  const edits: TextEdit[] = [...done.edits].sort((a, b) => b.span.start - a.span.start);
  for (const { uri, span, newText } of edits) {
    const file = uri.replace('mem:/', '');
    const text = result[file] ?? '';
    result[file] = text.slice(0, span.start) + newText + text.slice(span.end);
  }
  return result;
}

describe('rename', () => {
  it('gives a host its name in the inventory, as jump host, and in every migration', () => {
    const after = renamed('move.migration.yaml', 'kvm02', 'node-b');
    assert.match(after['hosts.migration.yaml'] ?? '', /- name: node-b\n/);
    assert.match(after['hosts.migration.yaml'] ?? '', /jumpHost: node-b\n/);
    assert.match(after['move.migration.yaml'] ?? '', /destination: node-b\n/);
    assert.match(after['back.migration.yaml'] ?? '', /source: "node-b"\n/);
    assert.match(after['other.migration.yaml'] ?? '', /destination: node-b\n/);
    // An address is no name.
    assert.match(after['hosts.migration.yaml'] ?? '', /qemu\+ssh:\/\/root@kvm02\/system/);
  });
  it('gives a domain its name in the linked XML and in the migrations that mean it', () => {
    const after = renamed('openEulerVM.domain.xml', 'openEulerVM</name>', 'web & co');
    assert.match(after['openEulerVM.domain.xml'] ?? '', /<name>web &amp; co<\/name>/);
    assert.match(after['move.migration.yaml'] ?? '', /\ndomain: "web & co"\n/);
    assert.match(after['back.migration.yaml'] ?? '', /\ndomain: "web & co"\n/);
    assert.match(after['other.migration.yaml'] ?? '', /\ndomain: other\n/);
    assert.match(after['move.migration.yaml'] ?? '', /domainXml: \.\/openEulerVM\.domain\.xml\n/);
  });
  it('gives a disk its target in the XML and where it is listed, and no disk of another domain', () => {
    const after = renamed('move.migration.yaml', 'sda\n', 'vda');
    assert.match(after['openEulerVM.domain.xml'] ?? '', /<target dev='vda' bus='scsi'\/>/);
    assert.match(after['back.migration.yaml'] ?? '', /- target: vda\n/);
    assert.match(after['other.migration.yaml'] ?? '', /- target: sda\n/);
  });
  it('refuses names that libvirt or YAML could not hold, and names that are taken', () => {
    const refused = (path: string, needle: string, name: string): boolean => {
      const [context, offset] = place(path, needle);
      const done = rename(context, { offset, name }, descriptors);
      return done !== undefined && 'refused' in done;
    };
    assert.ok(refused('move.migration.yaml', 'kvm02', 'kvm01'));
    assert.ok(refused('move.migration.yaml', 'kvm02', 'a b'));
    assert.ok(refused('move.migration.yaml', 'openEulerVM', 'a/b'));
    assert.ok(refused('move.migration.yaml', 'sda\n', 'disk1'));
    assert.ok(refused('move.migration.yaml', 'sda\n', 'sdb'));
    assert.ok(!refused('move.migration.yaml', 'sda\n', 'sda'));
  });
  it('is offered on names alone, without their quotes', () => {
    const [context, offset] = place('back.migration.yaml', '"kvm02"');
    const found = renamable(context, offset + 1, descriptors);
    assert.deepEqual(found, { span: { start: offset + 1, end: offset + 6 }, name: 'kvm02' });
    const [other, mode] = place('move.migration.yaml', 'mixed');
    assert.equal(renamable(other, mode, descriptors), undefined);
  });
});

describe('references', () => {
  const found = (path: string, needle: string, declarations: boolean): readonly string[] => {
    const [context, offset] = place(path, needle);
    return references(context, offset, { descriptors, declarations }).map(
      ({ uri, span }) =>
        `${uri.replace('mem:/', '')} ${(files[uri.replace('mem:/', '')] ?? '').slice(span.start, span.end)}`,
    );
  };
  it('of a host are the migrations that name it, and the inventory when declarations are wanted', () => {
    assert.deepEqual(found('hosts.migration.yaml', 'kvm01\n', false).toSorted(), [
      'back.migration.yaml kvm01',
      'move.migration.yaml kvm01',
      'other.migration.yaml kvm01',
    ]);
    assert.ok(found('move.migration.yaml', 'kvm01', true).includes('hosts.migration.yaml kvm01'));
  });
  it('of an interface in the XML, anywhere in its element, are the lines that list its MAC', () => {
    const listed = {
      ...files,
      'move.migration.yaml': `${migration}networks:\n  - { mac: "52:54:00:12:34:56", segment: lan }\n`,
    };
    const at = domainXml.indexOf("bridge='br0'");
    const all = references(contextOf('openEulerVM.domain.xml', listed), at, {
      descriptors,
      declarations: false,
    });
    assert.deepEqual(
      all.map(({ uri }) => uri),
      ['mem:/move.migration.yaml'],
    );
  });
});

it('highlights are the places of one file', () => {
  const [context, offset] = place('hosts.migration.yaml', 'kvm02\n');
  assert.equal(documentHighlights(context, offset).length, 2);
});

it('the definition of a jump host is the host of that name', () => {
  const [context] = place('hosts.migration.yaml', 'jumpHost');
  const text = files['hosts.migration.yaml'] ?? '';
  const [found] = definition(context, text.indexOf('jumpHost: ') + 11);
  assert.equal(found?.target.span.start, text.indexOf('name: kvm02') + 6);
});

describe('semantic tokens', () => {
  const tokens = (path: string, text: string): readonly string[] =>
    semanticTokens(contextOf(path, { ...files, [path]: text })).map(
      ({ span, type }) => `${type} ${text.slice(span.start, span.end)}`,
    );
  it('stand on names that lead somewhere', () => {
    assert.deepEqual(tokens('move.migration.yaml', `${migration}rules:\n  host-unknown: off\n`), [
      'class openEulerVM',
      'namespace kvm01',
      'namespace kvm02',
      'variable sda',
      'variable sdb',
      'enumMember host-unknown',
    ]);
  });
  it('stand on no name that leads nowhere', () => {
    const text = migration
      .replace('kvm02', 'nowhere')
      .replace('target: sda', 'target: sdz')
      .replace('domain: openEulerVM', 'domain: other');
    assert.deepEqual(tokens('move.migration.yaml', text), ['namespace kvm01', 'variable sdb']);
  });
});

it('workspace symbols are migrations and hosts whose name has the letters of the query', () => {
  const world = { workspace: memoryWorkspace(files), cache: createParseCache() };
  const names = (query: string): readonly string[] =>
    workspaceSymbols(query, descriptors, world).map(
      ({ name, container }) => `${name} ${container ?? ''}`,
    );
  assert.deepEqual(names('oEul').toSorted(), [
    'openEulerVM kvm01 → kvm02',
    'openEulerVM kvm02 → kvm01',
  ]);
  assert.equal(names('kvm').length, 3);
  assert.deepEqual(names('zzz'), []);
});
