import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render, say } from '../../core/messages.ts';
import { toMarkdown } from '../../server/markdown.ts';

const words: Readonly<Record<string, string>> = {
  'The disk of {0} has {1} GiB.': '{0}的磁盘有 {1} GiB。',
  'the host': '主机',
};
const translate = (text: string): string => words[text] ?? text;
const message = say('The disk of {0} has {1} GiB.', say('the host'), 5);

test('a message within a message is put into the same language', () => {
  assert.equal(render(message), 'The disk of the host has 5 GiB.');
  assert.equal(render(message, translate), '主机的磁盘有 5 GiB。');
});

test('an argument that is missing stays visible', () => {
  assert.equal(render(say('{0} and {1}', 'a')), 'a and {1}');
});

test('in Markdown names are code, messages are not', () => {
  const { value } = toMarkdown([say('{0} in {1}', 'vda', say('the *host*'))], english);
  assert.equal(value, '`vda` in the \\*host\\*');
});

function english(text: string): string {
  return text;
}
