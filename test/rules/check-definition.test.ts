import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readDomain } from '../../core/domain/read.ts';
import { render, say } from '../../core/messages.ts';
import { allRules } from '../../core/rules/all.ts';
import { checkDefinition, shownByDefinition } from '../../core/rules/check-definition.ts';
import type { Ignored } from '../../core/rules/ignore.ts';
import type { RuleLevel } from '../../core/rules/levels.ts';
import { defineRule } from '../../core/rules/rule.ts';
import type { RuleDefinition } from '../../core/rules/rule.ts';
import { parseXml } from '../../core/xml/parse.ts';

const uri = 'file:///guests/vm1.xml';
const fixtures = join(import.meta.dirname, 'fixtures');

function checked(
  text: string,
  levels: Readonly<Record<string, RuleLevel>> = {},
  rules: readonly RuleDefinition[] = allRules,
): Ignored {
  const document = parseXml(text);
  const { domain } = readDomain(uri, document);
  assert.ok(domain !== undefined);
  const xml = { uri, text, document };
  return checkDefinition({ xml, domain, levels: new Map(Object.entries(levels)) }, rules);
}

/** Every finding with the text that it stands at. */
function shown(text: string, { problems }: Ignored): readonly string[] {
  return problems.map(({ code, severity, span }) => {
    return `${severity} ${code} ${text.slice(span.start, span.end)}`;
  });
}

function guest(devices: string, type = 'kvm'): string {
  return `<domain type='${type}'>\n  <name>vm1</name>\n  <devices>\n${devices}\n  </devices>\n</domain>\n`;
}

const card = "<hostdev mode='subsystem' type='pci'>";
const withCard = guest(`    ${card}<source/></hostdev>`);

const ruled = allRules.filter(({ id }) => shownByDefinition(id));

describe('the fixtures of each rule that a definition shows', () => {
  for (const { id } of ruled) {
    const folder = join(fixtures, id);
    const files = readdirSync(folder).filter((name) => name.endsWith('.domain.xml'));
    for (const name of files) {
      test(`${id}: ${name}`, () => {
        const text = readFileSync(join(folder, name), 'utf8');
        const { problems } = checked(text);
        const found = problems.filter(({ code }) => code === id);
        assert.equal(found.length > 0, name.startsWith('fail-'), name);
        for (const { severity, message, span, related } of problems) {
          assert.equal(severity, 'info');
          assert.doesNotMatch(render(message), /[<{](?:source|destination|\d+)[>}]/);
          assert.ok(span.start < span.end && span.end <= text.length);
          for (const each of related) assert.equal(each.uri, uri);
        }
      });
    }
  }
});

test('every rule that says it is shown by the definition has a body for that', () => {
  const said = allRules.filter(({ byDefinition }) => byDefinition !== undefined);
  assert.deepEqual(
    said.map(({ id }) => id),
    ruled.map(({ id }) => id),
  );
  assert.ok(ruled.length > 25);
});

test('a finding stands at the device, and names the hosts by what they are', () => {
  const { problems } = checked(withCard);
  assert.deepEqual(shown(withCard, { problems, suppressed: [] }), [`info hostdev-pci ${card}`]);
  const [found] = problems;
  assert.match(render(found?.message ?? say('')), /^The guest holds a device of its host: /);
});

test('a level that somebody chose counts', () => {
  assert.deepEqual(shown(withCard, checked(withCard, { 'hostdev-pci': 'off' })), []);
  assert.deepEqual(shown(withCard, checked(withCard, { 'hostdev-pci': 'warning' })), [
    `warning hostdev-pci ${card}`,
  ]);
  const share = "<filesystem type='mount'><source dir='/srv'/></filesystem>";
  const tpm = "<tpm><backend type='passthrough'/></tpm>";
  const text = guest(share + tpm);
  assert.deepEqual(shown(text, checked(text, { 'tpm-passthrough': 'error' })), [
    "info fs-9p-mounted <filesystem type='mount'>",
    "error tpm-passthrough <backend type='passthrough'/>",
  ]);
});

test('guests of other hypervisors have other limits', () => {
  for (const type of ['xen', 'lxc', 'bhyve'])
    assert.deepEqual(checked(guest(`    ${card}</hostdev>`, type)).problems, []);
});

test('a comment in the definition ignores what is at it, with its reason', () => {
  const text = withCard.replace(
    `    ${card}`,
    `    <!-- livemigrate-ignore hostdev-pci: stays where it is -->\n    ${card}`,
  );
  const { problems, suppressed } = checked(text);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    suppressed.map(({ problem, reason }) => [problem.code, reason]),
    [['hostdev-pci', 'stays where it is']],
  );
});

test('a comment without a reason, or for no rule, is told', () => {
  const none = withCard.replace(card, `<!-- livemigrate-ignore hostdev-pci -->${card}`);
  assert.deepEqual(
    checked(none).problems.map(({ code }) => code),
    ['hostdev-pci', 'ignore-without-reason'],
  );
  const other = withCard.replace(card, `<!-- livemigrate-ignore hostdev-pcy: why -->${card}`);
  assert.deepEqual(
    checked(other).problems.map(({ code }) => code),
    ['hostdev-pci', 'unknown-rule'],
  );
});

test('only a migration can tell that a comment ignores nothing', () => {
  const text = withCard.replace(card, `<!-- livemigrate-ignore bridge-exists: new -->${card}`);
  assert.deepEqual(shown(text, checked(text)), [`info hostdev-pci ${card}`]);
  const mended = withCard.replace(
    `${card}<source/></hostdev>`,
    '<!-- livemigrate-ignore hostdev-pci: gone -->',
  );
  assert.deepEqual(checked(mended).problems, []);
});

test('a rule with several words is run once', () => {
  const text = guest("<input type='passthrough'/><sound model='usb'/><crypto model='virtio'/>");
  const codes = checked(text).problems.map(({ code }) => code);
  assert.deepEqual(
    codes,
    Array.from({ length: 3 }, () => 'qemu-unmigratable-devices'),
  );
});

test('a rule that falls over is told, and the others go on', () => {
  const broken = defineRule({
    id: 'broken',
    severity: 'error',
    summary: say('x'),
    byDefinition: ['hostdev'],
    needs: ['domain'],
    check() {
      throw new Error('oh');
    },
  });
  assert.deepEqual(shown(withCard, checked(withCard, {}, [broken, ...allRules])), [
    'error rule-crashed domain',
    `info hostdev-pci ${card}`,
  ]);
});
