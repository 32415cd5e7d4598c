import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { allRules } from '../../core/rules/all.ts';
import { checkedByOther, constraints, coverageOf, notDone } from '../../core/rules/catalogue.ts';
import {
  documentationPage,
  pagesOfFailures,
  pagesOfSyntax,
} from '../../core/rules/documentation.ts';
import type { RuleDefinition } from '../../core/rules/rule.ts';
import { render } from '../../core/messages.ts';
import { loadDescriptor } from '../../core/descriptor/load.ts';
import { judge, readScene } from './kit/fixture.ts';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(import.meta.dirname, 'fixtures');
const translations = join(root, 'l10n', 'zh-cn');
const chinese = Object.assign(
  {},
  ...readdirSync(translations).map(
    (file) => JSON.parse(readFileSync(join(translations, file), 'utf8')) as object,
  ),
) as Record<string, string>;

interface Example {
  readonly kind: string;
  readonly fixture: string | undefined;
  readonly text: string;
}

function page(id: string, language: 'en' | 'zh-cn' = 'en'): string {
  const path = join(root, documentationPage(id, language));
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function examplesOf(text: string): readonly Example[] {
  const fences = text.matchAll(
    /^```yaml (incorrect|correct)(?: fixture=([a-z0-9-]+))?\n(.*?)\n```$/gms,
  );
  return [...fences].map(([, kind = '', fixture, body = '']) => ({ kind, fixture, text: body }));
}

/** The example in the scene of its fixture: its own text, the fixture's domain and facts. */
function judged(id: string, { fixture, text }: Example) {
  if (fixture === undefined) return judge(readScene(`${text}\n`));
  const stem = join(fixtures, id, fixture);
  const scene = readScene(readFileSync(`${stem}.migration.yaml`, 'utf8'), stem);
  return judge({ ...scene, text: `${text}\n` });
}

for (const rule of allRules) {
  describe(`the page of ${rule.id}`, () => {
    checkRulePage(rule);
  });
}

function checkRulePage(rule: RuleDefinition): void {
  const { id } = rule;
  const english = page(id);

  test('states the rule as its definition does', () => {
    assert.ok(english.startsWith(`# ${id}\n\n${render(rule.summary)}\n`));
    const needs = rule.needs.map((name) => `\`${name}\``).join(', ');
    const since = rule.since === undefined ? '' : ` Since: ${rule.since}.`;
    const line = `Level: ${rule.severity}. Facts: ${needs === '' ? 'none' : needs}.${since}`;
    assert.ok(english.includes(`\n${line}\n`), line);
  });

  test('has an incorrect example that the rule finds and a correct one that it passes', () => {
    const examples = examplesOf(english);
    assert.deepEqual(
      examples.map(({ kind }) => kind),
      ['incorrect', 'correct'],
    );
    for (const example of examples) {
      const { problems, result } = judged(id, example);
      const own = problems.filter(({ code }) => code === id);
      if (example.kind === 'incorrect') {
        assert.notEqual(own.length, 0, 'the incorrect example passes');
      } else {
        assert.deepEqual(own, []);
        assert.ok(result.ran.includes(id), 'the rule does not run over the correct example');
        const errors = problems.filter(({ severity }) => severity === 'error');
        assert.deepEqual(
          errors.map(({ code }) => code),
          [],
        );
      }
    }
  });

  test('has the same in Chinese', () => {
    const translated = page(id, 'zh-cn');
    assert.ok(translated.startsWith(`# ${id}\n\n${chinese[render(rule.summary)] ?? '?'}\n`));
    assert.ok(translated.includes(`\n级别：${rule.severity}。`));
    assert.deepEqual(examplesOf(translated), examplesOf(english));
  });
}

for (const id of pagesOfSyntax) {
  test(`the page of ${id} is there in both languages, and its examples are as they say`, () => {
    assert.ok(page(id).startsWith(`# ${id}\n`));
    assert.ok(page(id, 'zh-cn').startsWith(`# ${id}\n`));
    assert.deepEqual(examplesOf(page(id, 'zh-cn')), examplesOf(page(id)));
    for (const { kind, text } of examplesOf(page(id))) {
      const descriptor = loadDescriptor('file:///example.migration.yaml', `${text}\n`);
      const found = descriptor.problems.map(({ code }) => code);
      const all =
        descriptor.kind === 'Migration'
          ? [...found, ...judge(readScene(`${text}\n`)).result.problems.map(({ code }) => code)]
          : found;
      if (kind === 'incorrect') assert.ok(all.includes(id), all.join());
      else assert.deepEqual(all, []);
    }
  });
}

test('the table says “yes” for exactly the rules whose fixtures are offered a fix', () => {
  const rows = page('README').matchAll(/^\| \[([a-z0-9-]+)\].*\| (yes|–) +\| [^|]*\|$/gm);
  const inTable = [...rows].flatMap(([, id = '', fix]) => (fix === 'yes' ? [id] : []));
  const offered = allRules.flatMap(({ id }) => {
    const names = readdirSync(join(fixtures, id)).filter((name) =>
      name.endsWith('.migration.yaml'),
    );
    const some = names.some((name) => {
      const stem = join(fixtures, id, name.slice(0, -'.migration.yaml'.length));
      const scene = readScene(readFileSync(join(fixtures, id, name), 'utf8'), stem);
      return judge(scene).problems.some(({ code, fixes }) => code === id && fixes.length > 0);
    });
    return some ? [id] : [];
  });
  assert.deepEqual(inTable.sort(), offered.sort());
});

test('every page belongs to a code', () => {
  const ids = new Set([
    ...allRules.map(({ id }) => id),
    ...pagesOfSyntax,
    ...pagesOfFailures(),
    'README',
  ]);
  const stray = readdirSync(join(root, 'docs', 'rules')).filter(
    (name) => !ids.has(name.replace(/(\.zh-cn)?\.md$/, '')),
  );
  assert.deepEqual(stray, []);
});

test('every code that can be shown has a page that is about it, in both languages', () => {
  const codes = new Map<string, string>();
  for (const folder of ['core', 'hosts', 'server', 'client', 'cli']) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const text = readFileSync(join(root, folder, file), 'utf8');
      // As a property, and as an argument of the functions that make a problem or a refusal of it.
      const shown =
        /\bcode(?::| =) '([a-z0-9-]+-[a-z0-9-]+)'|\b(?:errorAt|refuse|because)\((?:[^'()]|\([^()]*\))*?(?:'[A-Za-z.]+',\s*)?'([a-z0-9]+-[a-z0-9-]+)'/g;
      for (const [, property, argument] of text.matchAll(shown)) {
        codes.set(property ?? argument ?? '', `${folder}/${file}`);
      }
    }
  }
  assert.ok(codes.size > 60, 'the codes are not found any more');
  const without = [...codes].filter(([code]) =>
    (['en', 'zh-cn'] as const).some((language) => {
      const path = documentationPage(code, language);
      return path.includes('README') || !existsSync(join(root, path));
    }),
  );
  assert.deepEqual(without, []);
});

test('every known constraint is checked, explained, or left out for a reason', () => {
  const all = Object.values(constraints).flat();
  assert.equal(new Set(all).size, 181);
  assert.deepEqual(
    all.filter((id) => coverageOf(id) === undefined),
    [],
  );
});

test('what stands for a constraint exists, and a constraint with a rule needs nothing else', () => {
  const rules = new Set(allRules.map(({ id }) => id));
  for (const [id, other] of Object.entries(checkedByOther)) {
    assert.ok(rules.has(other), `${id}: there is no rule ${other}`);
    assert.ok(!rules.has(id), `${id} has a rule of its own`);
  }
  for (const id of Object.keys(notDone)) assert.ok(!rules.has(id), `${id} has a rule`);
});

test('the constraints of the manual are all checked by rules', () => {
  assert.deepEqual(
    constraints.A.filter((id) => coverageOf(id)?.by !== 'rule'),
    [],
  );
});

test('a code without a page leads to the table of rules', () => {
  assert.equal(documentationPage('no-such-code'), 'docs/rules/README.md');
  assert.equal(documentationPage('xml-stray-lt', 'zh-cn'), 'docs/rules/xml-syntax.zh-cn.md');
  assert.equal(documentationPage('empty-file'), 'docs/rules/yaml-syntax.md');
});
