import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { render } from '../../core/messages.ts';
import type { Problem, TextEdit } from '../../core/problems.ts';
import { allRules } from '../../core/rules/all.ts';
import { judge, readScene, sceneUri } from './kit/fixture.ts';
import type { Scene } from './kit/fixture.ts';
import { markersOf, placeOf, readMarkers } from './kit/markers.ts';

const folder = join(import.meta.dirname, 'fixtures');
const ids = readdirSync(folder).filter((name) => !name.startsWith('_'));

function fixturesOf(id: string): readonly string[] {
  return readdirSync(join(folder, id))
    .filter((name) => name.endsWith('.migration.yaml'))
    .map((name) => name.slice(0, -'.migration.yaml'.length));
}

function sceneOf(id: string, name: string): Scene {
  const stem = join(folder, id, name);
  return readScene(readFileSync(`${stem}.migration.yaml`, 'utf8'), stem);
}

/** What makes two findings one before and after a repair, whose ranges may move. */
function sameness({ code, message }: Problem): string {
  return `${code} ${render(message)}`;
}

function applied(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce(
      (before, { span, newText }) => before.slice(0, span.start) + newText + before.slice(span.end),
      text,
    );
}

test('every rule has a failing and a passing fixture', () => {
  const lacking = allRules.flatMap(({ id }) => {
    const names = ids.includes(id) ? fixturesOf(id) : [];
    const kinds = (['fail-', 'pass-'] as const).filter(
      (kind) => !names.some((name) => name.startsWith(kind)),
    );
    return kinds.map((kind) => `${id}: ${kind}`);
  });
  assert.deepEqual(lacking, []);
});

test('every folder of fixtures belongs to a rule', () => {
  const rules = allRules.map(({ id }) => id);
  assert.deepEqual(
    ids.filter((id) => !rules.includes(id)),
    [],
  );
});

for (const id of ids) {
  describe(id, () => {
    for (const name of fixturesOf(id)) checkFixture(id, name);
  });
}

function checkFixture(id: string, name: string): void {
  const scene = sceneOf(id, name);
  const { result, problems } = judge(scene);
  const found = markersOf(scene.text, problems);

  test(`${name}: finds what is marked, where it is marked, and nothing else`, () => {
    const expected = readMarkers(scene.text);
    assert.deepEqual(found.map(placeOf).sort(), expected.map(placeOf).sort(), listed(problems));
    for (const mark of expected) {
      const words = found.filter((one) => placeOf(one) === placeOf(mark)).map(({ text }) => text);
      assert.ok(
        words.some((text) => text.includes(mark.text)),
        `“${mark.text}” is not in ${JSON.stringify(words)}`,
      );
    }
    const own = expected.filter(({ code }) => code === id);
    assert.equal(own.length > 0, name.startsWith('fail-'));
  });

  test(`${name}: the rule ran, or waits where the fixture says so`, () => {
    const waiting = result.waiting.map((rule) => rule.id);
    for (const expected of scene.waiting) assert.ok(waiting.includes(expected), expected);
    const shouldRun = name.startsWith('pass-') && !scene.waiting.includes(id);
    if (shouldRun) assert.ok(result.ran.includes(id), `${id} did not run`);
  });

  for (const problem of problems) {
    for (const fix of problem.fixes) {
      test(`${name}: “${render(fix.title)}” mends its finding and breaks nothing`, () => {
        for (const { uri, span } of fix.edits) {
          assert.equal(uri, sceneUri);
          assert.ok(span.start >= 0 && span.start <= span.end && span.end <= scene.text.length);
        }
        const text = applied(scene.text, fix.edits);
        const after = judge({ ...scene, text }).problems;
        const before = new Set(problems.map(sameness));
        assert.ok(!after.some((one) => sameness(one) === sameness(problem)), text);
        const fresh = after.filter((one) => one.severity === 'error' && !before.has(sameness(one)));
        assert.deepEqual(fresh.map(sameness), [], text);
      });
    }
  }
}

function listed(problems: readonly Problem[]): string {
  return problems
    .map(({ code, severity, message }) => `${severity} ${code}: ${render(message)}`)
    .join('\n');
}
