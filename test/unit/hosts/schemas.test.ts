/** A host's own schemas, read by a real shell, become the grammar of its domain XML. */
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { FaultFinder } from '../../../core/grammar/find-faults.ts';
import { GrammarLibrary, grammarsIn } from '../../../core/grammar/library.ts';
import { parseXml } from '../../../core/xml/parse.ts';
import { keepInstalledGrammar } from '../../../hosts/collect/installed-schemas.ts';
import { keepHostGrammar } from '../../../hosts/collect/schemas.ts';
import type { HostSession } from '../../../hosts/session.ts';
import { localSession } from './local-session.ts';

const schema = (attribute: string): string =>
  `<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><element name="domain">
  <attribute name="${attribute}"/></element></start></grammar>`;

interface Place {
  readonly root: string;
  readonly kept: string;
  readonly session: HostSession;
  /** Commands that the host was sent. */
  readonly sent: string[];
}

/** A machine's file system with schemas in it, and a session whose commands see it. */
function place(t: TestContext, files: Readonly<Record<string, string>>): Place {
  const root = mkdtempSync(join(tmpdir(), 'live-migrate-schemas-'));
  t.after(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const schemas = join(root, 'usr/share/libvirt/schemas');
  mkdirSync(schemas, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(schemas, name), text);
  const kept = join(root, 'kept');
  const sent: string[] = [];
  const local = localSession();
  const session: HostSession = {
    ...local,
    host: 'kvm01',
    exec: ({ argv: [program, ...args] }, options) => {
      sent.push(program);
      const moved = args.map((word) => word.replace('/usr/share/libvirt/schemas', schemas));
      return local.exec({ argv: [program, ...moved] }, options);
    },
  };
  return { root, kept, session, sent };
}

/** Attributes of the root that the kept grammar of a version takes. */
function accepts(kept: string, version: string, attribute: string): boolean {
  const library = new GrammarLibrary(
    grammarsIn([kept], {
      list: (folder) => readdirSync(folder),
      read: (folder, name) => readFileSync(join(folder, name), 'utf8'),
    }),
  );
  const grammar = library.for(version);
  const document = parseXml(`<domain ${attribute}="x"/>`).root;
  assert.ok(grammar !== undefined && document !== undefined);
  assert.equal(grammar.name, `libvirt ${version}`);
  return new FaultFinder(grammar).faultsOf(document).length === 0;
}

test('the schemas of a host are compiled, kept under its version, and asked for once', async (t) => {
  const { kept, session, sent } = place(t, { 'domain.rng': schema('colour') });
  assert.equal(await keepHostGrammar(session, '12.1.0', { folder: kept }), undefined);
  assert.ok(accepts(kept, '12.1.0', 'colour'));
  assert.ok(!accepts(kept, '12.1.0', 'type'));
  assert.deepEqual(readdirSync(kept), ['libvirt-12.1.0.json']);
  assert.equal(await keepHostGrammar(session, '12.1.0', { folder: kept }), undefined);
  assert.equal(sent.length, 1);
});

test('a host without schemas, or with broken ones, is told and nothing is kept', async (t) => {
  const without = place(t, {});
  rmSync(join(without.root, 'usr'), { recursive: true });
  assert.match(
    (await keepHostGrammar(without.session, '12.1.0', { folder: without.kept })) ?? '',
    /kvm01 has no schemas/,
  );
  const broken = place(t, { 'domain.rng': '<grammar><start><ref name="gone"/></start></grammar>' });
  assert.match(
    (await keepHostGrammar(broken.session, '12.1.0', { folder: broken.kept })) ?? '',
    /domain\.rng: “gone” is not defined/,
  );
  assert.throws(() => readdirSync(broken.kept), { code: 'ENOENT' });
});

test('a version that is none never becomes a path', async (t) => {
  const { kept, session, sent } = place(t, { 'domain.rng': schema('colour') });
  assert.match((await keepHostGrammar(session, '../../x', { folder: kept })) ?? '', /no version/);
  assert.deepEqual(sent, []);
});

test('a libvirt that is installed here is known by its library', async (t) => {
  const { root, kept } = place(t, { 'domain.rng': schema('here') });
  assert.equal(await keepInstalledGrammar({ folder: kept }, root), undefined);
  assert.throws(() => readdirSync(kept), { code: 'ENOENT' });
  const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
  mkdirSync(libraries, { recursive: true });
  writeFileSync(join(libraries, 'libvirt.so.0.10006.2'), '');
  symlinkSync('libvirt.so.0.10006.2', join(libraries, 'libvirt.so.0'));
  assert.equal(await keepInstalledGrammar({ folder: kept }, root), undefined);
  assert.ok(accepts(kept, '10.6.2', 'here'));
});
