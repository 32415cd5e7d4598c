/** Planted secrets, and everything that a process leaves: output, files, arguments of programs, a crash. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

let folder: string;
let home: string;
let planted: string;
const secrets = new Map<string, string>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'livemigrate-secrets-'));
  [home, planted] = [join(folder, 'home'), join(folder, 'planted')];
  for (const path of [home, planted]) mkdirSync(path);
  for (const name of ['passphrase', 'password', 'display', 'token']) {
    secrets.set(name, `${name}-${randomBytes(12).toString('hex')}`);
    writeFileSync(join(planted, name), secrets.get(name) ?? '');
  }
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Which of the secrets stand in a text, as they are or encoded. */
function secretsIn(text: string): readonly string[] {
  return [...secrets].flatMap(([name, secret]) => {
    const forms = ['utf8', 'base64', 'hex'] as const;
    const found = forms.some((form) =>
      text.includes(Buffer.from(secret).toString(form).replace(/=+$/, '').slice(0, -2)),
    );
    return found ? [name] : [];
  });
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  /** Command lines of all processes of the machine, seen while it ran. */
  readonly seen: ReadonlySet<string>;
}

/** Runs a program of ours with a token in its environment, and watches every process meanwhile. */
async function watched(
  args: readonly string[],
  more: { readonly input?: string; readonly until?: (output: string) => boolean } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      LIVEMIGRATE_TEST_TOKEN: secrets.get('token'),
      LIVEMIGRATE_STATE: home,
      XDG_CACHE_HOME: home,
    },
    timeout: 60_000,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (more.until?.(output) === true) child.kill('SIGUSR2');
    });
  child.stdin.on('error', () => undefined);
  if (more.input === undefined) child.stdin.end();
  else child.stdin.write(more.input);
  const seen = new Set<string>();
  const sampling = setInterval(() => {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        seen.add(readFileSync(`/proc/${name}/cmdline`, 'utf8'));
      } catch {
        // It has ended meanwhile.
      }
    }
  }, 20);
  const code = await new Promise<number | null>((done) => child.once('close', done));
  clearInterval(sampling);
  return { code, output, seen };
}

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function assertNoSecret({ output, seen }: Ended, folders: readonly string[]): void {
  assert.deepEqual(secretsIn(output), [], output.slice(0, 4000));
  for (const line of seen) assert.deepEqual(secretsIn(line), [], line.replaceAll('\0', ' '));
  for (const file of folders.flatMap(filesBelow))
    assert.deepEqual(secretsIn(readFileSync(file, 'latin1')), [], file);
}

test('no secret is in output, records, facts, arguments of any process, files of the host, or a crash', async (t) => {
  const ended = await watched([here('secrets-scenario.ts'), home, planted]);
  const hosts = filesBelow(home)
    .filter((path) => path.includes('home-of-host'))
    .map((path) => readFileSync(path, 'utf8'));
  t.after(() => {
    for (const host of hosts) rmSync(host, { recursive: true, force: true });
  });
  // It met them all: the secrets were asked for, sent and shown where they belong.
  assert.match(ended.output, /launched true[\s\S]*all was done[\s\S]*planted crash/, ended.output);
  assert.notEqual(ended.code, 0);
  assert.match(ended.output, /wrong passphrase[\s\S]*keyboard-interactive .*refused by the host/);
  const asked = readFileSync(join(home, 'virsh-arguments'), 'utf8');
  assert.match(asked, /dumpxml.*--migratable/, 'the XML with the password went to the host');
  assert.doesNotMatch(asked, /--security-info|secret-get-value/);
  assert.ok(existsSync(join(home, 'facts.json')));
  assert.equal(hosts.length, 2);
  // The lines of the private key are a secret, too.
  const lines = readFileSync(join(planted, 'key'), 'utf8').split('\n').slice(1, -2);
  lines.forEach((line, at) => secrets.set(`line ${String(at)} of the key`, line));
  // The search finds what is there.
  assert.deepEqual(secretsIn(`x${secrets.get('display') ?? ''}`), ['display']);
  assertNoSecret(ended, [home, ...hosts]);
});

const crashOnSignal = `data:text/javascript,process.on('SIGUSR2',()=>{throw new Error('planted crash')})`;

test('the command line that crashes shows no secret of its environment or of a domain XML', async () => {
  const work = join(home, 'work');
  mkdirSync(work);
  writeFileSync(join(work, 'vm.domain.xml'), domainWith(secrets.get('display') ?? ''));
  const start = `import(${JSON.stringify(pathToFileURL(here('../../cli/command-line.ts')).href)}).then(({runCommandLine})=>{runCommandLine(['check','--format','json',${JSON.stringify(work)}]);setInterval(()=>{},1000)})`;
  const ended = await watched(['--import', crashOnSignal, '-e', start], {
    until: (output) => output.includes(']\n'),
  });
  assert.match(ended.output, /planted crash/);
  assertNoSecret(
    ended,
    filesBelow(home).length > 1
      ? [join(home, 'live-migrate')].filter((path) => existsSync(path))
      : [],
  );
});

test('the language server that crashes shows no secret of its environment or of a document', async () => {
  const text = domainWith(secrets.get('display') ?? '');
  const uri = 'file:///w/vm.domain.xml';
  const frame = (message: object): string => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    return `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`;
  };
  const ended = await watched(
    ['--import', crashOnSignal, here('../../server/main.ts'), '--stdio'],
    {
      input: [
        frame({
          id: 1,
          method: 'initialize',
          params: { processId: null, rootUri: null, capabilities: {} },
        }),
        frame({ method: 'initialized', params: {} }),
        frame({
          method: 'textDocument/didOpen',
          params: { textDocument: { uri, languageId: 'libvirt-domain', version: 1, text } },
        }),
      ].join(''),
      until: (output) => output.includes('publishDiagnostics'),
    },
  );
  assert.match(ended.output, /publishDiagnostics[\s\S]*planted crash/);
  assertNoSecret(ended, []);
});

function domainWith(password: string): string {
  return `<domain type='kvm'><name>vm</name><memory unit='GiB'>1</memory><vcpu>x</vcpu><os><type>hvm</type></os><devices><graphics type='vnc' passwd='${password}'/></devices></domain>\n`;
}
