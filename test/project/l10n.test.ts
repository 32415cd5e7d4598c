import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findTexts } from '../../scripts/l10n-texts.ts';

const root = join(import.meta.dirname, '..', '..');
const found = await findTexts(root);
const bundle = await readJson('l10n/bundle.l10n.zh-cn.json');

async function readJson(path: string): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(root, path), 'utf8')) as Record<string, string>;
}

function placeholders(text: string): readonly string[] {
  return [...new Set(text.match(/\{\d+\}/g) ?? [])].sort();
}

test('every text that a user can read has its Chinese', () => {
  const missing = found.texts.filter(
    ({ text }) => bundle[text] === undefined || bundle[text] === '',
  );
  assert.deepEqual(missing, []);
});

test('a text is a literal, so that the tables can hold it', () => {
  assert.deepEqual(found.dynamic, []);
});

test('the Chinese keeps every placeholder of the English', () => {
  const broken = Object.entries(bundle).filter(
    ([english, chinese]) => placeholders(english).join() !== placeholders(chinese).join(),
  );
  assert.deepEqual(broken, []);
});

test('no translation is left behind by a text that is gone', () => {
  const used = new Set(found.texts.map(({ text }) => text));
  assert.deepEqual(
    Object.keys(bundle).filter((text) => !used.has(text)),
    [],
  );
});

test('the manifest speaks Chinese wherever it speaks English', async () => {
  const english = await readJson('package.nls.json');
  const chinese = await readJson('package.nls.zh-cn.json');
  assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort());
  const manifest = await readFile(join(root, 'package.json'), 'utf8');
  const keys = [...manifest.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1] ?? '');
  assert.deepEqual(
    keys.filter((key) => english[key] === undefined),
    [],
  );
});
