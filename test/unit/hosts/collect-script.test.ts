import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { collectFacts } from '../../../hosts/collect/collect-facts.ts';
import { localSession } from './local-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'livemigrate-collect-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A folder with programs of our own that comes first in PATH. */
function programs(scripts: Readonly<Record<string, string>>): string {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return `${bin}:${process.env['PATH'] ?? ''}`;
}

const noVirsh = 'echo "error: failed to connect to the hypervisor" >&2; exit 1';
/** Tells what it was given, as qemu-img would tell an image of that size. */
const qemuImg = `for last; do :; done
[ -r "$last" ] || { echo "qemu-img: Could not open" >&2; exit 1; }
printf '{\\n    "virtual-size": %d,\\n    "format": "qcow2"\\n}\\n' "$(wc -c < "$last")"`;

const path = programs({ virsh: noVirsh, 'qemu-img': qemuImg });
const now = () => 1000;

const awkward = fc
  .string({
    unit: fc.constantFrom(
      'a',
      ' ',
      "'",
      '"',
      '\\',
      '$',
      '`',
      '\n',
      '-',
      ';',
      '|',
      '@',
      '=',
      '*',
      '~',
      '(',
      'ü',
      '%',
      '\t',
      '!',
    ),
    minLength: 1,
    maxLength: 12,
  })
  .filter((name) => name !== '.' && name !== '..');

test('every file name reaches the host unharmed, and runs nothing there', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(awkward, { minLength: 1, maxLength: 8 }), async (names) => {
      const home = join(folder, `round-${++round}`);
      mkdirSync(home);
      const sizes = names.map((name, index) => {
        writeFileSync(join(home, `/${name}`), 'x'.repeat(index + 1));
        return index + 1;
      });
      const paths = names.map((name) => `${home}/${name}`);
      const { images } = await collectFacts(localSession({ path }), { paths }, now);
      for (const [index, name] of paths.entries()) {
        const image = images[name];
        assert.ok(image?.ok, JSON.stringify(image));
        assert.equal(image.value.kind, 'file');
        assert.equal(image.value.virtualSize, sizes[index]);
        assert.equal(image.value.inode, String(statSync(name).ino));
      }
    }),
    { numRuns: 6 },
  );
});

for (const shell of ['dash', 'bash'])
  test(`${shell} tells files, folders, links, and what is missing`, async () => {
    const home = mkdtempSync(join(folder, 'kinds-'));
    writeFileSync(join(home, 'file'), 'hello');
    truncateSync(join(home, 'file'), 1_000_000);
    symlinkSync('file', join(home, 'link'));
    symlinkSync('nowhere', join(home, 'dangling'));
    const paths = ['file', 'link', 'dangling', 'none', 'none/deep/er', ''].map((name) =>
      join(home, name),
    );
    const { images } = await collectFacts(
      localSession({ path, shell }),
      { paths: [...paths, '/dev/null', 'relative', 'nbd:localhost'] },
      now,
    );
    const kind = (name: string): unknown => {
      const image = images[name];
      return image?.ok === true ? image.value.kind : image?.why;
    };
    assert.deepEqual(paths.map(kind), ['file', 'file', 'other', 'missing', 'missing', 'directory']);
    assert.equal(kind('/dev/null'), 'other');
    assert.equal(kind('relative'), 'only absolute paths can be looked at');
    assert.equal(kind('nbd:localhost'), 'only absolute paths can be looked at');
    const [file, link, , none] = paths.map((name) => images[name]);
    assert.ok(file?.ok && link?.ok && none?.ok);
    assert.equal(file.value.inode, link.value.inode);
    assert.ok((file.value.allocated ?? Infinity) < 1_000_000);
    const place = (image: typeof file) => ({ ...image.value.filesystem, available: 0 });
    assert.deepEqual(place(none), place(file));
    assert.ok((none.value.filesystem?.available ?? 0) > 0);
    assert.notEqual(none.value.filesystem?.type, '');
  });

test('a host without virsh says so, and its other facts are known', async () => {
  const bare = programs({ virsh: 'exit 127' });
  const facts = await collectFacts(localSession({ path: bare }), { paths: [] }, now);
  assert.equal(facts.versions.ok, false);
  assert.equal(facts.domains.ok, false);
  assert.ok(facts.capacity.ok);
  assert.equal(facts.at, 1000);
});

test('a user without rights is told which group to join', async () => {
  const denied = programs({
    virsh: `echo "error: failed to connect to the hypervisor" >&2; echo "error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied" >&2; exit 1`,
  });
  const facts = await collectFacts(localSession({ path: denied }), { paths: [] }, now);
  for (const part of [
    facts.identity,
    facts.versions,
    facts.cpu,
    facts.networks,
    facts.pools,
    facts.domains,
  ]) {
    assert.ok(!part.ok);
    assert.match(part.why, /Permission denied.*group libvirt/);
  }
});

test('an image that cannot be read leaves its facts unknown with the reason', async () => {
  const broken = programs({
    virsh: noVirsh,
    'qemu-img': `echo "qemu-img: Could not open '$6': Permission denied" >&2; exit 1`,
  });
  const file = join(folder, 'unreadable');
  writeFileSync(file, '');
  const { images } = await collectFacts(localSession({ path: broken }), { paths: [file] }, now);
  const image = images[file];
  assert.ok(image !== undefined && !image.ok);
  assert.match(image.why, /Permission denied/);
});

/** A virsh with one domain whose disk is declared raw, and a record of what it was asked. */
function virshWithRawDisk(disk: string, asked: string): string {
  const uuid = '45b0b07a-13a1-448d-bc0d-dc5efe06563f';
  return `echo "$3" >> ${asked}
mark=$(printf '%s' "$3" | sed -n 's/^ *echo \\([^ ]*\\) .*/\\1/p' | head -n 1)
case $3 in
  *'list --all --uuid'*'- end'*)
    for name in version options capabilities usable networks active-networks pools active-pools; do echo "$mark - $name"; done
    echo "$mark - domains"; echo ${uuid}; echo "$mark - end" ;;
  *)
    echo "$mark ${uuid} info"; echo "State: running"; echo "Persistent: yes"
    echo "$mark ${uuid} xml"
    echo "<domain type='kvm'><name>vm1</name><devices><disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${disk}'/><target dev='vda'/></disk></devices></domain>"
    echo "$mark ${uuid} job"; echo "Job type: None"
    echo "$mark ${uuid} snapshots"; echo " Name"; echo "------"
    echo "$mark ${uuid} downtime"; echo 300
    echo "$mark - remaining"; echo ${uuid} ;;
esac`;
}

test('a disk that a domain declares raw is never probed: its content is the guest’s', async () => {
  const disk = join(folder, 'guest.raw');
  const asked = join(folder, 'asked');
  const probed = join(folder, 'probed');
  writeFileSync(disk, 'QFI\xfb looks like qcow2');
  const both = programs({
    virsh: virshWithRawDisk(disk, asked),
    'qemu-img': `echo "$@" >> ${probed}; ${qemuImg}`,
  });
  const facts = await collectFacts(
    localSession({ path: both }),
    { paths: [], domains: 'all' },
    now,
  );
  assert.ok(facts.domains.ok, facts.domains.ok ? '' : facts.domains.why);
  const image = facts.images[disk];
  assert.ok(image?.ok);
  assert.deepEqual(
    [image.value.format, image.value.virtualSize, image.value.backing],
    ['raw', 512, []],
  );
  assert.equal(existsSync(probed), false);
  assert.ok(
    readFileSync(asked, 'utf8')
      .split('\n')
      .filter((line) => line !== '').length <= 3,
  );
});

test('only the disks of named domains are looked at when domains are named', async () => {
  const disk = join(folder, 'guest.raw');
  const virsh = programs({
    virsh: virshWithRawDisk(disk, join(folder, 'asked')),
    'qemu-img': qemuImg,
  });
  const session = localSession({ path: virsh });
  assert.deepEqual(
    Object.keys((await collectFacts(session, { paths: [], domains: ['other'] }, now)).images),
    [],
  );
  assert.deepEqual(
    Object.keys((await collectFacts(session, { paths: [], domains: ['vm1'] }, now)).images),
    [disk],
  );
  assert.deepEqual(Object.keys((await collectFacts(session, { paths: [] }, now)).images), []);
});

test('paths that another host names are looked at with the rest, when they are known', async () => {
  const home = mkdtempSync(join(folder, 'later-'));
  for (const name of ['first', 'second', 'program']) writeFileSync(join(home, name), name);
  const order: string[] = [];
  const { images, files } = await collectFacts(
    localSession({ path }),
    {
      paths: [join(home, 'first')],
      files: [],
      onDomains: (domains) => order.push(`${String(domains.length)} domains`),
      later: sleep(300).then(() => {
        order.push('later');
        return { paths: [join(home, 'second')], files: [join(home, 'program')] };
      }),
    },
    now,
  );
  assert.deepEqual(order.toSorted(), ['0 domains', 'later']);
  for (const name of ['first', 'second']) assert.equal(images[join(home, name)]?.ok, true);
  assert.deepEqual(Object.keys(files ?? {}), [join(home, 'program')]);
});
