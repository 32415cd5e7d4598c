import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadDescriptor } from '../../core/descriptor/load.ts';
import { readDomain } from '../../core/domain/read.ts';
import { migrationFacts } from '../../core/facts/view.ts';
import { render, say } from '../../core/messages.ts';
import type { Problem } from '../../core/problems.ts';
import { checkMigration } from '../../core/rules/engine.ts';
import type { CheckResult } from '../../core/rules/engine.ts';
import { ignoreFixes } from '../../core/rules/ignore-fixes.ts';
import { defineRule } from '../../core/rules/rule.ts';
import type { RuleDefinition } from '../../core/rules/rule.ts';
import { parseXml } from '../../core/xml/parse.ts';
import { mergeFacts } from './kit/merge-facts.ts';

const head =
  'apiVersion: livemigrate/v1\nkind: Migration\ndomain: vm1\nsource: kvm01\ndestination: kvm02\n';
const uri = 'file:///ignore.migration.yaml';
const xmlUri = 'file:///vm1.domain.xml';

/** Finds every listed disk, at its entry. */
const everyDisk = defineRule({
  id: 'every-disk',
  severity: 'error',
  summary: say('A rule of a test.'),
  needs: [],
  check(migration, _facts, report) {
    for (const { target } of migration.model.storage?.disks?.items ?? []) {
      if (target !== undefined) {
        report({ at: migration.atDisk(target.value), message: say('Found {0}.', target.value) });
      }
    }
  },
});

/** Finds every disk of the domain, at its cache mode. */
const everyCache = defineRule({
  id: 'every-cache',
  severity: 'warning',
  summary: say('A rule of a test.'),
  needs: ['domain'],
  check(_migration, { domain }, report) {
    for (const { cache, target } of domain.disks) {
      if (cache === undefined) continue;
      const at = { uri: domain.uri, span: cache.span };
      report({ at, message: say('Found {0}.', target.value) });
    }
  },
});

const bothRules: readonly RuleDefinition[] = [everyDisk, everyCache];

interface Given {
  readonly text?: string;
  readonly xml?: string;
  /** What runs, when the rules look at that instead of the file. */
  readonly live?: string;
  readonly rules?: readonly RuleDefinition[];
}

function run({ text = head, xml, live, rules = bothRules }: Given): CheckResult {
  const descriptor = loadDescriptor(uri, text);
  assert.equal(descriptor.kind, 'Migration');
  assert.deepEqual(descriptor.problems, []);
  const domainXml =
    xml === undefined ? undefined : { uri: xmlUri, text: xml, document: parseXml(xml) };
  const seen =
    live === undefined
      ? domainXml === undefined
        ? undefined
        : readDomain(xmlUri, domainXml.document).domain
      : readDomain('live', parseXml(live)).domain;
  const facts = migrationFacts({ descriptor, domain: seen, snapshot: undefined, prefer: 'file' });
  return checkMigration({ descriptor, facts, now: undefined, domainXml }, rules);
}

const codes = (result: CheckResult): readonly string[] => result.problems.map(({ code }) => code);
const reasons = (result: CheckResult): readonly string[] =>
  result.suppressed.map(
    ({ problem, reason }) => `${render(say('{0}', ...problem.message.args))}: ${reason}`,
  );

function edited(text: string, { fixes }: Problem, which = 0): string {
  return applied(text, fixes[which]?.edits ?? []);
}

function applied(text: string, edits: Problem['fixes'][number]['edits']): string {
  const last = edits.toSorted((a, b) => b.span.start - a.span.start);
  return last.reduce(
    (now, { span, newText }) => now.slice(0, span.start) + newText + now.slice(span.end),
    text,
  );
}

const disks = (sda: string, sdb: string): string =>
  `${head}storage:\n  mode: mixed\n  disks:\n${sda}${sdb}`;

describe('a comment in a descriptor', () => {
  test('above a list item ignores what the rule finds in it, and nothing else', () => {
    const text = disks(
      '    # livemigrate-ignore every-disk: restored from backup\n    - target: sda\n      action: copy\n',
      '    - { target: sdb, action: shared }\n',
    );
    const result = run({ text });
    assert.deepEqual(reasons(result), ['sda: restored from backup']);
    assert.deepEqual(
      result.problems.map(({ message }) => message.args),
      [['sdb']],
    );
    const { at } = result.suppressed[0] ?? assert.fail();
    assert.equal(
      text.slice(at.span.start, at.span.end),
      '# livemigrate-ignore every-disk: restored from backup',
    );
  });

  test('behind a line ignores what is found in that line', () => {
    const text = disks(
      '    - target: sda # livemigrate-ignore every-disk: known\n      action: copy\n',
      '    - { target: sdb, action: shared }\n',
    );
    assert.deepEqual(reasons(run({ text })), ['sda: known']);
  });

  test('above a key ignores what is found in all that stands below the key', () => {
    const text = disks('    - { target: sda, action: copy }\n', '').replace(
      '  disks:',
      '  # livemigrate-ignore every-disk: all known\n  # and another comment\n  disks:',
    );
    assert.deepEqual(reasons(run({ text })), ['sda: all known']);
  });

  test('that an empty line parts from an item is not about it', () => {
    const text = disks(
      '    # livemigrate-ignore every-disk: far away\n\n    - { target: sda, action: copy }\n',
      '',
    );
    assert.deepEqual(codes(run({ text })), ['every-disk', 'ignore-unused']);
  });

  test('within a text is no comment', () => {
    const text = disks('    - { target: sda, action: copy }\n', '').replace(
      'storage:',
      'policy: { unsafe: { reason: "a # livemigrate-ignore every-disk: no" } }\nstorage:',
    );
    assert.deepEqual(codes(run({ text })), ['every-disk']);
  });

  test('works with Windows line ends', () => {
    const text = disks(
      '    # livemigrate-ignore every-disk: known\n    - target: sda\n      action: copy\n',
      '',
    ).replaceAll('\n', '\r\n');
    assert.deepEqual(reasons(run({ text })), ['sda: known']);
  });

  for (const comment of [
    'livemigrate-ignore every-disk',
    'livemigrate-ignore every-disk:',
    'livemigrate-ignore every-disk: <why>',
    'livemigrate-ignore: a reason for nothing',
    'livemigrate-ignore',
  ]) {
    test(`“${comment}” ignores nothing and is an error`, () => {
      const text = disks(`    # ${comment}\n    - { target: sda, action: copy }\n`, '');
      const { problems, suppressed } = run({ text });
      assert.deepEqual(suppressed, []);
      assert.deepEqual(
        problems.map(({ code, severity }) => [code, severity]),
        [
          ['every-disk', 'error'],
          ['ignore-without-reason', 'error'],
        ],
      );
    });
  }

  test('that names no rule is an error with the nearest name as its fix', () => {
    const text = disks(
      '    # livemigrate-ignore every-disc: known\n    - { target: sda, action: copy }\n',
      '',
    );
    const { problems } = run({ text });
    const unknown = problems.find(({ code }) => code === 'unknown-rule') ?? assert.fail();
    assert.deepEqual(codes(run({ text: edited(text, unknown) })), []);
  });

  test('that ignores nothing is reported, and its fix removes its line', () => {
    const text = `${head}# livemigrate-ignore every-disk: gone\nstorage: { mode: shared }\n`;
    const [unused, ...others] = run({ text }).problems;
    assert.deepEqual([unused?.code, unused?.severity], ['ignore-unused', 'warning']);
    assert.deepEqual(others, []);
    assert.equal(edited(text, unused ?? assert.fail()), `${head}storage: { mode: shared }\n`);
  });

  test('behind a line is removed without the line', () => {
    const text = `${head}storage: { mode: shared } # livemigrate-ignore every-disk: gone\n`;
    const [unused] = run({ text }).problems;
    assert.equal(edited(text, unused ?? assert.fail()), `${head}storage: { mode: shared }\n`);
  });

  test('of several ids loses only the one that ignores nothing', () => {
    const text = disks(
      '    # livemigrate-ignore every-cache, every-disk: known\n    - { target: sda, action: copy }\n',
      '',
    );
    const xml = domainXml('');
    const [unused, ...others] = run({ text, xml }).problems;
    assert.equal(unused?.code, 'ignore-unused');
    assert.deepEqual(others, []);
    assert.match(edited(text, unused), /# livemigrate-ignore every-disk: known/);
  });

  test('is not called needless while its rule waits', () => {
    const text = `${head}# livemigrate-ignore every-cache: later\nstorage: { mode: shared }\n`;
    const result = run({ text });
    assert.equal(result.waiting[0]?.id, 'every-cache');
    assert.deepEqual(result.problems, []);
  });
});

const domainXml = (inner: string): string =>
  `<domain type='kvm'>\n  <name>vm1</name>\n  <devices>\n${inner}  </devices>\n</domain>\n`;
const disk = (target: string, more = ''): string =>
  `    <disk type='file' device='disk'>\n      <driver name='qemu' cache='writeback'/>\n      <source file='/${target}'/>\n      <target dev='${target}'/>\n${more}    </disk>\n`;

describe('a comment in domain XML', () => {
  const comment = '    <!-- livemigrate-ignore every-cache: quiesced -->\n';

  test('above an element ignores what the rule finds in it, and nothing else', () => {
    const result = run({ xml: domainXml(`${comment}${disk('sda')}${disk('sdb')}`) });
    assert.deepEqual(reasons(result), ['sda: quiesced']);
    assert.deepEqual(codes(result), ['every-cache']);
  });

  test('behind a line ignores what is found in that line', () => {
    const xml = domainXml(disk('sda')).replace(
      "'writeback'/>",
      "'writeback'/> <!-- livemigrate-ignore every-cache: quiesced -->",
    );
    assert.deepEqual(reasons(run({ xml })), ['sda: quiesced']);
  });

  test('in CDATA or within another comment is none', () => {
    const xml = domainXml(disk('sda')).replace(
      '<name>',
      `<description><![CDATA[\n${comment}]]></description><!-- a ${comment.trim().slice(4, -3)} -->\n<name>`,
    );
    assert.deepEqual(codes(run({ xml })), ['every-cache']);
  });

  test('ignores a finding in the descriptor that is about nothing else than what it stands at', () => {
    const about = (...targets: readonly string[]) =>
      defineRule({
        ...everyCache,
        needs: ['domain'],
        check(migration, { domain }, report) {
          const meant = domain.disks.filter(({ target }) => targets.includes(target.value));
          const related = meant.map(({ target }) => ({
            uri: domain.uri,
            span: target.span,
            message: say('here'),
          }));
          report({ at: migration.at(['domain']), message: say('Found.'), related });
        },
      });
    const xml = domainXml(`${comment}${disk('sda')}${disk('sdb')}`);
    assert.equal(run({ xml, rules: [about('sda')] }).suppressed.length, 1);
    assert.equal(run({ xml, rules: [about('sda', 'sdb')] }).suppressed.length, 0);
  });

  test('that ignores nothing is reported, and its fix removes its line', () => {
    const xml = domainXml(`${comment}    <emulator>/usr/bin/qemu</emulator>\n`);
    const [unused] = run({ xml }).problems;
    assert.deepEqual([unused?.code, unused?.uri], ['ignore-unused', xmlUri]);
    assert.equal(edited(xml, unused ?? assert.fail()), xml.replace(comment, ''));
  });

  test('speaks for the same device of the running domain, whatever libvirt adds to it', () => {
    const xml = domainXml(`${comment}${disk('sda')}${disk('sdb')}`);
    const live = domainXml(
      disk('sdb') +
        disk('sda', "      <alias name='virtio0'/>\n") +
        "    <controller type='pci' index='0'/>\n",
    );
    const result = run({ xml, live });
    assert.deepEqual(reasons(result), ['sda: quiesced']);
    assert.deepEqual(codes(result), ['every-cache']);
  });

  test('does not speak for a running device that differs from the file', () => {
    const xml = domainXml(`${comment}${disk('sda')}`);
    const live = domainXml(disk('sda').replace('/sda', '/other'));
    assert.deepEqual(codes(run({ xml, live })), ['every-cache']);
  });

  test('does not speak for one of two running devices that it cannot tell apart', () => {
    const xml = domainXml(
      `${comment}    <disk><driver cache='writeback'/><target dev='sda'/></disk>\n`,
    );
    const twin = "    <disk><driver cache='writeback'/><target dev='sda'/></disk>\n";
    assert.equal(run({ xml, live: domainXml(twin) }).suppressed.length, 1);
    assert.equal(run({ xml, live: domainXml(twin + twin) }).suppressed.length, 0);
  });
});

test('a finding in live XML is ignored by a comment at the domain’s name, where it is shown', () => {
  const text = head.replace(
    'domain: vm1',
    'domain: vm1 # livemigrate-ignore every-cache: quiesced',
  );
  assert.deepEqual(reasons(run({ text, live: domainXml(disk('sda')) })), ['sda: quiesced']);
});

describe('the ways to live with a finding', () => {
  const bandwidth = `${head}policy:\n  tls: true\n  connection: tunnelled\n`;
  const descriptor = loadDescriptor(uri, bandwidth);
  assert.ok(descriptor.kind === 'Migration');
  const xml = domainXml("    <tpm model='tpm-tis'><backend type='passthrough'/></tpm>\n");
  const linked = { uri: xmlUri, text: xml, document: parseXml(xml) };
  const facts = migrationFacts({
    descriptor,
    domain: readDomain(xmlUri, linked.document).domain,
    snapshot: mergeFacts({}),
    prefer: 'file',
  });
  const check = (text: string, xmlText: string): CheckResult => {
    const again = loadDescriptor(uri, text);
    assert.ok(again.kind === 'Migration');
    const document = parseXml(xmlText);
    const domain = readDomain(xmlUri, document).domain;
    return checkMigration({
      descriptor: again,
      facts: migrationFacts({
        descriptor: again,
        domain,
        snapshot: mergeFacts({}),
        prefer: 'file',
      }),
      now: undefined,
      domainXml: { uri: xmlUri, text: xmlText, document },
    });
  };
  const { problems } = checkMigration({ descriptor, facts, now: undefined, domainXml: linked });
  const found = (code: string): Problem =>
    problems.find((problem) => problem.code === code) ?? assert.fail(code);

  test('put a comment above the line that ignores the finding once the reason is written', () => {
    const [comment] = ignoreFixes(found('tunnelled-tls'), descriptor, linked);
    const text = applied(bandwidth, comment?.edits ?? []);
    assert.match(text, /\n {2}# livemigrate-ignore tunnelled-tls: <why>\n/);
    assert.ok(check(text, xml).problems.some(({ code }) => code === 'ignore-without-reason'));
    const reasoned = check(text.replace('<why>', 'the tunnel is IPsec'), xml);
    assert.deepEqual(
      reasoned.suppressed.map(({ problem }) => problem.code),
      ['tunnelled-tls'],
    );
  });

  test('put it above the element in domain XML', () => {
    const [part] = found('tpm-passthrough').related;
    const there = { ...found('tpm-passthrough'), ...(part ?? assert.fail()) };
    const [comment] = ignoreFixes(there, descriptor, linked);
    const text = applied(xml, comment?.edits ?? []);
    assert.match(text, /\n {4}<!-- livemigrate-ignore tpm-passthrough: <why> -->\n {4}<tpm /);
    const reasoned = check(bandwidth, text.replace('<why>', 'it is empty'));
    assert.deepEqual(
      reasoned.suppressed.map(({ problem }) => problem.code),
      ['tpm-passthrough'],
    );
  });

  test('give the rule a milder level in the file, or switch it off', () => {
    const [, ...levels] = ignoreFixes(found('tunnelled-tls'), descriptor, linked);
    const after = levels.map(({ edits }) => check(applied(bandwidth, edits), xml));
    assert.deepEqual(
      after.map(({ lowered }) => lowered.map(({ id, level, by }) => [id, level, by])),
      [[['tunnelled-tls', 'info', 'file']], [['tunnelled-tls', 'off', 'file']]],
    );
  });

  test('are not offered for what parsing found', () => {
    const syntax = { ...found('tunnelled-tls'), code: 'unit-missing' };
    assert.deepEqual(ignoreFixes(syntax, descriptor, linked), []);
  });
});
