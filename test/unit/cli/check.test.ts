import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, symlinkSync, writeFileSync, chmodSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { UsageError } from '../../../cli/usage-error.ts';
import {
  domainXml,
  files,
  findings,
  inFolder,
  inventory,
  migration,
  runCheck,
} from './run-check.ts';

const program = join(import.meta.dirname, '../../../cli/main.ts');
/** Milliseconds; a process that takes longer hangs. */
const limit = 60_000;

function livemigrate(folder: string, words: readonly string[], input = '') {
  return spawnSync(process.execPath, [program, ...words], {
    cwd: folder,
    input,
    encoding: 'utf8',
    timeout: limit,
  });
}

/** A guest with a PCI device of its host, and with the host's TPM. */
const withCard = domainXml.replace(
  '    <disk',
  `    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x06' slot='0x02' function='0x0'/></source>
    </hostdev>
    <tpm><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>
    <disk`,
);

const mended = migration.replace('action: copy', 'action: shared');

describe('livemigrate check', () => {
  it('ends with 0 when clean, 1 with an error, 2 when it could not check', () =>
    inFolder({ ...files, 'good/a.migration.yaml': mended.replace('./', '../') }, async (folder) => {
      const bad = livemigrate(folder, ['check', '--lang', 'en']);
      assert.equal(bad.status, 1, bad.stderr);
      assert.match(
        bad.stdout,
        /^web\.migration\.yaml:10:15: error: Disk vdb is shared.* \[shareable-disk-copied\]$/m,
      );
      assert.match(bad.stderr, /^4 files checked: 1 errors/m);
      const good = livemigrate(folder, ['check', 'good']);
      assert.equal(good.status, 0, good.stderr);
      assert.equal(good.stdout, '');
      const none = livemigrate(folder, ['check', 'nothing.migration.yaml']);
      assert.equal(none.status, 2);
      assert.equal(none.stdout, '');
      const chinese = livemigrate(folder, ['check', '--lang', 'zh-cn', '--baseline', 'none']);
      assert.equal(chinese.status, 2);
      assert.match(chinese.stderr, /无法读取基线文件/);
      await Promise.resolve();
    }));

  it('says how many findings comments ignore', () => {
    const ignored = migration.replace(
      '    - target',
      '    # livemigrate-ignore shareable-disk-copied: the cluster is off\n    - target',
    );
    return inFolder({ ...files, 'web.migration.yaml': ignored }, async (folder) => {
      const { code, notes } = await runCheck(folder);
      assert.equal(code, 0);
      assert.ok(notes.includes('1 findings are ignored by comments.'), notes.join('\n'));
    });
  });

  it('reads standard input as the named file, beside which it finds the others', () =>
    inFolder(files, async (folder) => {
      const words = ['check', '--stdin', '--stdin-filename', 'web.migration.yaml', '--quiet'];
      assert.equal(livemigrate(folder, words, mended).status, 0);
      const found = livemigrate(folder, words, migration);
      assert.equal(found.status, 1, found.stderr);
      assert.match(found.stdout, /web\.migration\.yaml:10:15: error/);
      assert.equal(livemigrate(folder, ['check', '--stdin'], migration).status, 2);
      await Promise.resolve();
    }));

  it('checks a domain XML by itself', () =>
    inFolder({ 'broken.domain.xml': domainXml.replace('</vcpu>', '') }, async (folder) => {
      const { code, out } = await runCheck(folder);
      assert.equal(code, 1);
      assert.match(out, /^broken\.domain\.xml:\d+:\d+: error: /);
    }));

  it('tells of domain XML what keeps the guest from moving, and fails only where asked to', () =>
    inFolder({ 'alone.domain.xml': withCard }, async (folder) => {
      const { code, out } = await runCheck(folder);
      assert.equal(code, 0);
      assert.match(
        out,
        /^alone\.domain\.xml:7:5: info: The guest holds a device of its host: .* \[hostdev-pci\]$/m,
      );
      assert.equal((await runCheck(folder, '--rule', 'hostdev-pci=error')).code, 0);
      assert.equal((await runCheck(folder, '--rule', 'tpm-passthrough=error')).code, 1);
      assert.doesNotMatch((await runCheck(folder, '--rule', 'hostdev-pci=off')).out, /hostdev-pci/);
      const chinese = livemigrate(folder, ['check', '--lang', 'zh-cn']);
      assert.match(chinese.stdout, /虚拟机占用着 所在主机 的设备/);
    }));

  it('tells it once, with the migration of the domain, where there is one', async () => {
    const ignored = migration.replace(
      'domain: web',
      '# livemigrate-ignore hostdev-pci: it is known to move\ndomain: web',
    );
    for (const [xml, text] of [
      ['web.domain.xml', migration],
      ['0/web.domain.xml', migration],
      ['z/web.domain.xml', migration],
      ['z/web.domain.xml', ignored],
    ] as const)
      await inFolder(
        {
          'hosts.migration.yaml': inventory,
          [xml]: withCard,
          'web.migration.yaml': text.replace('./web.domain.xml', xml),
        },
        async (folder) => {
          const found = await findings(folder);
          const card = found.filter((each) => each.endsWith(':hostdev-pci'));
          assert.deepEqual(card, text === ignored ? [] : ['web.migration.yaml:hostdev-pci'], xml);
          // The file by itself says it again.
          assert.ok((await findings(folder, xml)).includes(`${xml}:hostdev-pci`));
        },
      );
  });

  it('ends with 2 when one of many files cannot be read, and still tells of the others', () =>
    inFolder(files, async (folder) => {
      symlinkSync('loop.migration.yaml', join(folder, 'loop.migration.yaml'));
      const { code, out, notes } = await runCheck(folder);
      assert.equal(code, 2);
      assert.match(out, /shareable-disk-copied/);
      assert.ok(notes.some((note) => note.includes('loop.migration.yaml cannot be read')));
    }));

  it('takes levels for rules, and knows which rules there are', () =>
    inFolder(files, async (folder) => {
      const lowered = await runCheck(folder, '--rule', 'shareable-disk-copied=warning');
      assert.equal(lowered.code, 0);
      assert.match(lowered.out, /: warning: Disk vdb is shared/);
      const off = await runCheck(folder, '--rule', 'shareable-disk-copied=off');
      assert.ok(!off.out.includes('shareable-disk-copied'));
      for (const word of ['shareable-disk-copied', 'shareable-disk-copied=loud', 'sharable=off']) {
        await assert.rejects(runCheck(folder, '--rule', word), UsageError, word);
      }
    }));

  it('counts warnings against --max-warnings', () =>
    inFolder(files, async (folder) => {
      const words = ['--rule', 'shareable-disk-copied=warning'];
      assert.equal((await runCheck(folder, ...words, '--max-warnings=0')).code, 1);
      assert.equal((await runCheck(folder, ...words, '--max-warnings=9')).code, 0);
      await assert.rejects(runCheck(folder, ...words, '--max-warnings=-1'), UsageError);
    }));

  it('compares migrations of a folder also when only one of them is named', () =>
    inFolder({ ...files, 'copy.migration.yaml': mended }, async (folder) => {
      const found = await findings(folder, 'copy.migration.yaml');
      assert.ok(found.includes('copy.migration.yaml:domain-migrated-twice'), found.join());
    }));

  it('writes GitLab’s code quality report with a fingerprint for each finding', () =>
    inFolder(files, async (folder) => {
      const { out } = await runCheck(folder, '--format', 'gitlab');
      const report = JSON.parse(out) as {
        check_name: string;
        fingerprint: string;
        severity: string;
        description: string;
        location: { path: string; lines: { begin: number } };
      }[];
      const found = report.find(({ check_name }) => check_name === 'shareable-disk-copied');
      assert.equal(found?.severity, 'critical');
      assert.deepEqual(found.location, {
        path: 'web.migration.yaml',
        lines: { begin: 10, end: 10 },
      });
      assert.match(found.description, /^Disk vdb is shared/);
      const prints = report.map(({ fingerprint }) => fingerprint);
      assert.equal(new Set(prints).size, prints.length);
    }));
});

describe('livemigrate check --fix', () => {
  it('applies what leaves no choice, keeps the rest of the file byte for byte, and reports what is left', () =>
    inFolder(
      { ...files, 'web.migration.yaml': migration.replaceAll('\n', '\r\n') },
      async (folder) => {
        const path = join(folder, 'web.migration.yaml');
        chmodSync(path, 0o640);
        const { code, notes } = await runCheck(folder, '--fix');
        assert.equal(code, 0);
        assert.equal(readFileSync(path, 'utf8'), mended.replaceAll('\n', '\r\n'));
        assert.equal(statSync(path).mode & 0o777, 0o640);
        assert.ok(notes.includes('Fixed: web.migration.yaml'));
      },
    ));

  it('writes through a symbolic link and leaves a file alone that is not UTF-8', () =>
    inFolder(
      {
        ...files,
        'bad.migration.yaml': Buffer.concat([
          Buffer.from(migration),
          Buffer.from([0x23, 0xff, 0x0a]),
        ]),
      },
      async (folder) => {
        symlinkSync('web.migration.yaml', join(folder, 'link.migration.yaml'));
        const before = readFileSync(join(folder, 'bad.migration.yaml'));
        const { code, notes } = await runCheck(
          folder,
          '--fix',
          'link.migration.yaml',
          'bad.migration.yaml',
        );
        assert.equal(code, 1);
        assert.ok(lstatSync(join(folder, 'link.migration.yaml')).isSymbolicLink());
        assert.equal(readFileSync(join(folder, 'web.migration.yaml'), 'utf8'), mended);
        assert.deepEqual(readFileSync(join(folder, 'bad.migration.yaml')), before);
        assert.ok(notes.includes('bad.migration.yaml is not clean UTF-8 and was left as it is.'));
      },
    ));
});

describe('a baseline', () => {
  const second = migration.replace('target: vdb', 'target: vdc').replace('web.d', 'db.d');
  const dbXml = domainXml.replaceAll('vdb', 'vdc');
  const old = { ...files, 'db.domain.xml': dbXml, 'db.migration.yaml': second };

  it('holds the findings of an old repository, so that only new ones fail', () =>
    inFolder(old, async (folder) => {
      const written = await runCheck(folder, '--write-baseline', 'baseline.json');
      assert.equal(written.code, 0);
      assert.equal((await runCheck(folder, '--baseline', 'baseline.json')).code, 0);
      writeFileSync(
        join(folder, 'web.migration.yaml'),
        `# moved\n\n${migration.replace('  disks', '  # moved\n  disks').replace('target: vdb', 'target:   vdb')}`,
      );
      const moved = await runCheck(folder, '--baseline', 'baseline.json');
      assert.equal(moved.code, 0, moved.out);
      writeFileSync(join(folder, 'new.migration.yaml'), migration.replace('web\n', 'other\n'));
      const fresh = await findings(folder, '--baseline', 'baseline.json');
      assert.ok(fresh.includes('new.migration.yaml:shareable-disk-copied'));
      assert.ok(!fresh.includes('web.migration.yaml:shareable-disk-copied'));
    }));

  it('counts: the same finding once more is new', () =>
    inFolder(old, async (folder) => {
      await runCheck(folder, '--write-baseline', 'baseline.json');
      const twice = domainXml.replace(
        /( {4}<disk[^]*<\/disk>\n)/,
        (disk) => disk + disk.replace('quorum', 'more'),
      );
      writeFileSync(join(folder, 'web.domain.xml'), twice);
      assert.notEqual((await runCheck(folder, '--baseline', 'baseline.json')).code, 0);
    }));

  it('reports what is mended as stale, and writing it again takes that out', () =>
    inFolder(old, async (folder) => {
      const path = join(folder, 'baseline.json');
      await runCheck(folder, '--write-baseline', path);
      const before = readFileSync(path, 'utf8');
      writeFileSync(join(folder, 'web.migration.yaml'), mended);
      const { code, notes } = await runCheck(folder, '--baseline', path);
      assert.equal(code, 0);
      assert.ok(notes.some((note) => /^Mended.*web\.migration\.yaml shareable-disk/.test(note)));
      const part = await runCheck(folder, '--baseline', path, 'db.migration.yaml');
      assert.ok(
        !part.notes.some((note) => note.startsWith('Mended')),
        'a file that was not looked at counts as mended',
      );
      await runCheck(folder, '--write-baseline', path);
      const after = readFileSync(path, 'utf8');
      const copied = (text: string): readonly string[] =>
        (JSON.parse(text) as { findings: { code: string; file: string }[] }).findings
          .filter(({ code: id }) => id === 'shareable-disk-copied')
          .map(({ file }) => file);
      assert.deepEqual(copied(before), ['db.migration.yaml', 'web.migration.yaml']);
      assert.deepEqual(copied(after), ['db.migration.yaml']);
      await runCheck(folder, '--write-baseline', path, 'web.migration.yaml');
      assert.equal(readFileSync(path, 'utf8'), after, 'entries of other files must stay');
    }));

  it('never takes what keeps a file from being checked', () =>
    inFolder({ ...files, 'web.migration.yaml': `${migration}  - }\n` }, async (folder) => {
      assert.equal((await runCheck(folder, '--write-baseline', 'b.json')).code, 1);
      assert.equal((await runCheck(folder, '--baseline', 'b.json')).code, 1);
    }));

  it('must be one', () =>
    inFolder({ ...files, 'b.json': '{"format":"other"}', 'c.json': '{' }, async (folder) => {
      for (const name of ['b.json', 'c.json', 'd.json']) {
        await assert.rejects(runCheck(folder, '--baseline', name), UsageError, name);
      }
    }));
});

it('an inventory alone is checked, too', () =>
  inFolder({ 'hosts.migration.yaml': inventory.replace('name:', 'nam:') }, async (folder) => {
    assert.equal((await runCheck(folder)).code, 1);
  }));
