import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { allRules } from '../../../core/rules/all.ts';
import { inFolder } from './run-check.ts';

const main = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');

function livemigrate(folder: string, words: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', LIVEMIGRATE_STATE: folder },
  });
  return { status, stdout, stderr };
}

const file = `apiVersion: livemigrate/v1
kind: Migration
domain: vm1
domainXml: vm1.domain.xml
source: kvm01
destination: kvm02
`;
const xml = `<domain type='kvm'>
  <name>vm1</name>
  <devices>
    <interface type='bridge'><source bridge='br-vm'/></interface>
  </devices>
</domain>
`;
const failure = "error: Cannot get interface MTU on 'br-vm': No such device\n";

test('explain names what is behind what virsh printed, and what to do', async () => {
  await inFolder({}, (folder) => {
    const { status, stdout } = livemigrate(folder, ['explain'], failure);
    assert.equal(
      stdout,
      'The destination has no bridge of that name. [bridge-exists]\n    Create the bridge there.\n',
    );
    assert.equal(status, 0);
    return Promise.resolve();
  });
});

test('explain with a migration file names its line and the device in the domain XML', async () => {
  await inFolder({ 'a.migration.yaml': file, 'vm1.domain.xml': xml }, (folder) => {
    const { stdout } = livemigrate(folder, ['explain', 'a.migration.yaml'], failure);
    assert.match(stdout, /^a\.migration\.yaml:6:14: error: .* \[bridge-exists\]$/m);
    assert.match(stdout, /^ {4}vm1\.domain\.xml:4:46: /m);
    const words = ['explain', 'a.migration.yaml', '--format', 'json'];
    const json = JSON.parse(livemigrate(folder, words, failure).stdout) as Record<string, unknown>;
    assert.equal(json['code'], 'bridge-exists');
    assert.equal(json['file'], 'a.migration.yaml');
    assert.equal(json['text'], failure.trim());
    return Promise.resolve();
  });
});

test('explain ends with 1 for a text that it does not know, with 2 for no text and no such run', async () => {
  await inFolder({}, (folder) => {
    assert.equal(livemigrate(folder, ['explain'], 'error: something new').status, 1);
    assert.equal(livemigrate(folder, ['explain']).status, 2);
    assert.equal(livemigrate(folder, ['explain', '--run', 'none']).status, 2);
    assert.equal(livemigrate(folder, ['explain', 'none.migration.yaml'], failure).status, 2);
    return Promise.resolve();
  });
});

test('rules lists every rule with what a pipeline needs to know of it', async () => {
  await inFolder({}, (folder) => {
    const { stdout } = livemigrate(folder, ['rules', '--format', 'json']);
    const listed = JSON.parse(stdout) as readonly Record<string, unknown>[];
    assert.equal(listed.length, allRules.length);
    assert.deepEqual(
      listed.find(({ id }) => id === 'shareable-disk-copied'),
      {
        id: 'shareable-disk-copied',
        level: 'error',
        summary: 'A disk that several guests share must not be copied.',
        group: 'A',
        alone: false,
        facts: ['domain'],
        since: 'libvirt 1.2.17',
        fix: true,
      },
    );
    const text = livemigrate(folder, ['rules']).stdout;
    for (const { id } of allRules) assert.match(text, new RegExp(`^${id} `, 'm'));
    return Promise.resolve();
  });
});
