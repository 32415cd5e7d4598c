import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render, say } from '../../../core/messages.ts';
import type { Problem } from '../../../core/problems.ts';
import { codeActions, fixAll } from '../../../core/service/code-actions.ts';
import { codeLenses } from '../../../core/service/code-lenses.ts';
import { definition } from '../../../core/service/definition.ts';
import { diagnose } from '../../../core/service/diagnose.ts';
import { documentKind } from '../../../core/service/document-kind.ts';
import { documentLinks } from '../../../core/service/document-links.ts';
import { inlayHints } from '../../../core/service/inlay-hints.ts';
import { createParseCache } from '../../../core/service/parse-cache.ts';
import { references } from '../../../core/service/references.ts';
import { documentSymbols } from '../../../core/service/symbols.ts';
import type { SymbolNode } from '../../../core/service/symbols.ts';
import { domainXml, files, inventory, migration } from '../../protocol/samples.ts';
import { atCursor } from './cursor-text.ts';
import { contextOf, memoryWorkspace } from './memory-workspace.ts';
import { host, kvm01, snapshot } from './snapshots.ts';

const uri = 'mem:/move.migration.yaml';
const context = (text: string) =>
  contextOf('move.migration.yaml', { ...files, 'move.migration.yaml': text });
const problemsOf = (text: string): readonly Problem[] =>
  diagnose(uri, memoryWorkspace({ ...files, 'move.migration.yaml': text })).problems;
const all = { start: 0, end: Number.MAX_SAFE_INTEGER };

function applied(
  text: string,
  edits: readonly { span: { start: number; end: number }; newText: string }[],
): string {
  return [...edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end),
      text,
    );
}

describe('code actions', () => {
  it('prefer the only fix of a problem and leave a choice to the user', () => {
    const misspelt = codeActions(uri, problemsOf(migration.replace('mixed', 'mixd')), all);
    assert.ok(misspelt.some((action) => action.preferred));
    const unitless = codeActions(uri, problemsOf(migration.replace('500MiB/s', '500')), all);
    assert.ok(unitless.length > 1);
    assert.ok(unitless.every((action) => !action.preferred));
  });
  it('are those of problems that touch the range', () => {
    const text = migration.replace('mixed', 'mixd');
    assert.deepEqual(codeActions(uri, problemsOf(text), { start: 0, end: 3 }), []);
  });
  it('mend all missing units at once as libvirt would take them', () => {
    const text = migration.replace('500MiB/s', '500').replace('500ms', '500');
    const action = codeActions(uri, problemsOf(text), all).find(
      (each) => each.problem === undefined,
    );
    assert.ok(action);
    assert.equal(applied(text, action.edits), migration);
  });
  it('fix all without a choice, and the result has none of these problems', () => {
    const text = migration.replace('mixed', 'mixd').replace('bandwidth:', 'bandwith:');
    const [action] = fixAll(uri, problemsOf(text));
    assert.ok(action);
    assert.equal(applied(text, action.edits), migration);
  });
  it('never apply two fixes to one place', () => {
    const problem = (newText: string): Problem => ({
      uri,
      span: { start: 0, end: 3 },
      code: 'x',
      severity: 'error',
      message: say('x'),
      related: [],
      evidence: [],
      fixes: [{ title: say('x'), edits: [{ uri, span: { start: 0, end: 3 }, newText }] }],
    });
    assert.equal(fixAll(uri, [problem('a'), problem('b')])[0]?.edits.length, 1);
  });
});

describe('code lenses', () => {
  const { waiting } = diagnose(uri, memoryWorkspace(files));
  it('stand on the line of the domain and carry the document', () => {
    const lenses = codeLenses(context(migration), []);
    assert.deepEqual(
      lenses.map((lens) => render(lens.title)),
      ['Preflight', 'Benchmark dirty rate', 'Preview', 'Launch'],
    );
    const line = migration.slice(0, lenses[0]?.span.start).split('\n').length;
    assert.equal(line, 3);
    assert.deepEqual(lenses[0]?.arguments, [uri]);
  });
  it('tell once for each host how many checks wait, and why', () => {
    const lenses = codeLenses(context(migration), waiting).slice(4);
    const hosts = lenses.map((lens) => lens.arguments[0]);
    assert.ok(hosts.includes('kvm02'));
    assert.equal(new Set(hosts).size, hosts.length);
    for (const lens of lenses) {
      assert.equal(lens.command, 'liveMigrate.host.refresh');
      assert.ok(lens.reason);
    }
  });
  it('name the reason that a host gave', () => {
    const facts = snapshot(kvm01, host('kvm02', { unreachable: 'connection refused' }));
    const found = diagnose(uri, memoryWorkspace(files, { facts }));
    const reasons = codeLenses(context(migration), found.waiting).flatMap((lens) =>
      lens.reason === undefined ? [] : [render(lens.reason)],
    );
    assert.ok(
      reasons.some((reason) => reason.includes('connection refused')),
      reasons.join(),
    );
  });
  it('are not on an inventory', () => {
    assert.deepEqual(codeLenses(contextOf('hosts.migration.yaml', files), []), []);
  });
});

it('inlay hints show rates in bits, and nothing where the writing is clear', () => {
  const rates = (text: string): readonly unknown[] =>
    inlayHints(context(text), all)
      .map((hint) => hint.label)
      .filter((label) => typeof label === 'string');
  assert.deepEqual(rates(migration), ['= 4.19Gbit/s']);
  assert.deepEqual(rates(migration.replace('500MiB/s', '4Gbit/s')), ['= 477MiB/s']);
});

describe('symbols', () => {
  const names = (symbols: readonly SymbolNode[]): readonly string[] =>
    symbols.flatMap((symbol) => [symbol.name, ...names(symbol.children)]);
  it('of a descriptor name keys and disks', () => {
    const found = names(documentSymbols(context(migration)));
    for (const name of ['domain', 'storage', 'sda', 'sdb', 'bandwidth'])
      assert.ok(found.includes(name));
  });
  it('of a domain name its devices', () => {
    const [root] = documentSymbols(contextOf('openEulerVM.domain.xml', files));
    assert.equal(root?.detail, 'openEulerVM');
    const found = names([root]).filter((name) => /^(disk|interface) /.test(name));
    assert.deepEqual(found, ['disk sda', 'disk sdb', 'interface 52:54:00:12:34:56']);
  });
  it('never reach out of their parents', () => {
    const check = (symbol: SymbolNode): void => {
      assert.ok(
        symbol.span.start <= symbol.nameSpan.start && symbol.nameSpan.end <= symbol.span.end,
      );
      for (const child of symbol.children) {
        assert.ok(
          symbol.span.start <= child.span.start && child.span.end <= symbol.span.end,
          child.name,
        );
        check(child);
      }
    };
    documentSymbols(context(migration)).forEach(check);
    documentSymbols(contextOf('openEulerVM.domain.xml', files)).forEach(check);
  });
});

describe('definition', () => {
  const targetOf = (marked: string): string | undefined => {
    const { text, offset } = atCursor(marked);
    const target = definition(context(text), offset)[0]?.target;
    const content = files[(target?.uri.replace('mem:/', '') ?? '') as keyof typeof files];
    return target === undefined ? undefined : content.slice(target.span.start, target.span.end);
  };
  it('leads from the domain to its name in the XML', () => {
    assert.equal(targetOf(migration.replace('domain: open', 'domain: o|pen')), 'openEulerVM');
  });
  it('leads from a disk target to the disk', () => {
    const { text, offset } = atCursor(migration.replace('sdb', 'sd|b'));
    const target = definition(context(text), offset)[0]?.target;
    assert.equal(target?.uri, 'mem:/openEulerVM.domain.xml');
    assert.equal(target.span.start, domainXml.lastIndexOf('<disk'));
  });
  it('leads from a host to its entry in the inventory', () => {
    assert.equal(targetOf(migration.replace('kvm02', 'kv|m02')), 'kvm02');
  });
  it('leads from the path to the file', () => {
    assert.equal(targetOf(migration.replace('./open', './o|pen')), '');
  });
  it('leads nowhere from other values', () => {
    assert.equal(targetOf(migration.replace('500ms', '50|0ms')), undefined);
  });
  it('works backwards, from a disk to the descriptors that name it', () => {
    const at = domainXml.indexOf('quorum.raw');
    const found = references(contextOf('openEulerVM.domain.xml', files), at, {
      descriptors: [uri, 'mem:/hosts.migration.yaml'],
      declarations: false,
    });
    assert.deepEqual(
      found.map(({ span }) => migration.slice(span.start, span.end)),
      ['sdb'],
    );
  });
});

it('the path of the domain XML is a link while the file is there', () => {
  assert.equal(documentLinks(context(migration))[0]?.target, 'mem:/openEulerVM.domain.xml');
  assert.deepEqual(documentLinks(context(migration.replace('openEulerVM.dom', 'x.dom'))), []);
});

describe('the kind of a document', () => {
  it('goes by name and language, and for other xml by the root element', () => {
    assert.equal(documentKind('f:/a.migration.yaml', undefined, ''), 'descriptor');
    assert.equal(documentKind('f:/a.migration.yml', 'yaml', ''), 'descriptor');
    assert.equal(documentKind('f:/a.yaml', 'yaml', 'kind: Migration'), undefined);
    assert.equal(documentKind('f:/a.domain.xml', 'xml', ''), 'domain-xml');
    assert.equal(documentKind('f:/etc/libvirt/qemu/a.xml', undefined, ''), 'domain-xml');
    assert.equal(
      documentKind(
        'f:/a.xml',
        'xml',
        '\uFEFF<?xml?>\n<!-- <x> --><!DOCTYPE domain [ <!ENTITY a ">"> ]>\n<domain/>',
      ),
      'domain-xml',
    );
    assert.equal(documentKind('f:/a.xml', 'xml', '<domains/>'), undefined);
    assert.equal(documentKind('f:/a.xml', 'xml', '<!-- <domain>'), undefined);
    assert.equal(documentKind('f:/a.txt', 'plaintext', '<domain/>'), undefined);
  });
});

describe('diagnosis', () => {
  it('of sound files waits for hosts and finds no error', () => {
    const { problems, waiting } = diagnose(uri, memoryWorkspace(files));
    assert.deepEqual(
      problems.filter((problem) => problem.severity === 'error'),
      [],
    );
    assert.ok(waiting.length > 0);
  });
  it('says that the domain XML is missing or no domain XML', () => {
    const without = diagnose(
      uri,
      memoryWorkspace({ 'move.migration.yaml': migration, 'hosts.migration.yaml': inventory }),
    );
    assert.ok(without.problems.some((problem) => problem.code === 'domain-xml-missing'));
    const wrong = diagnose(
      uri,
      memoryWorkspace({ ...files, 'openEulerVM.domain.xml': '<network/>' }),
    );
    assert.ok(wrong.problems.some((problem) => problem.code === 'domain-xml-unreadable'));
  });
  it('moves what it finds in live XML to the name of the domain, pointing to its origin', () => {
    const running = {
      ...kvm01,
      domains: {
        ok: true as const,
        from: 'virsh list',
        value: kvm01.domains.ok
          ? kvm01.domains.value.map((each) => ({ ...each, name: 'openEulerVM', xml: domainXml }))
          : [],
      },
    };
    const text = migration.replace('domainXml: ./openEulerVM.domain.xml\n', '');
    const found = diagnose(
      uri,
      memoryWorkspace(
        { ...files, 'move.migration.yaml': text },
        {
          facts: snapshot(running, host('kvm02', { bridges: { ok: true, from: 'ls', value: [] } })),
        },
      ),
    );
    assert.ok(found.problems.length > 0);
    assert.ok(
      found.problems.some((problem) =>
        problem.related.some((related) => related.uri.startsWith('livemigrate-xml:')),
      ),
    );
    for (const problem of found.problems) assert.equal(problem.uri, uri);
  });
  it('depends on the XML and the inventory', () => {
    assert.deepEqual([...diagnose(uri, memoryWorkspace(files)).dependsOn].sort(), [
      'mem:/hosts.migration.yaml',
      'mem:/openEulerVM.domain.xml',
    ]);
  });
  it('runs no rule while the YAML itself is broken', () => {
    const { problems, waiting } = diagnose(
      uri,
      memoryWorkspace({ ...files, 'move.migration.yaml': `${migration}  : [\n` }),
    );
    assert.ok(problems.some((problem) => problem.code === 'yaml-syntax'));
    assert.deepEqual(waiting, []);
  });
});

describe('the parse cache', () => {
  it('goes by text, not by name', () => {
    const cache = createParseCache();
    const first = cache.descriptor(uri, migration);
    assert.equal(cache.descriptor(uri, `${migration} `.trimEnd() + '\n'), first);
    assert.notEqual(cache.descriptor(uri, inventory), first);
    assert.equal(cache.descriptor(uri, inventory).kind, 'HostInventory');
  });
  it('forgets what was not asked for in the last while', () => {
    const cache = createParseCache(2);
    const first = cache.descriptor('a', migration);
    for (const other of 'bcde') cache.descriptor(other, migration);
    assert.notEqual(cache.descriptor('a', migration), first);
  });
});
