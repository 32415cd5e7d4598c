import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { takeDown } from './bring-up.ts';
import {
  type GuestOptions,
  type Lab,
  LabImpossible,
  attachLab,
  flaws,
  openLab,
  removeAbandonedLabs,
} from './lab.ts';
import { destroyGuest } from './guest.ts';
import { isAlive } from './process.ts';
import { stateFolder } from './state.ts';
import { SUITES, type Suite, isSuite } from './suites.ts';

const USAGE = `Usage: node test/lab/cli.ts COMMAND

  up [--hosts kvm01,kvm02] [--suite trixie] [--suite-of kvm02=bookworm]…
        makes the hosts run; those that run well are left alone
  down  ends and removes everything (the cached userlands stay)
  status [--json]
  exec HOST -- COMMAND [ARG…]      as the host's root, with this terminal's input and output
  guest start HOST NAME [--memory MIB] [--dirty MIB/S] [--working-set MIB]
                        [--disk shared|local] [--format qcow2|raw] [--size MIB] [--blocks PER-SECOND] [--span MIB]
  guest list
  guest destroy NAME
  guest console HOST NAME          what the guest printed on that host
  inventory FILE                   writes a HostInventory file for these hosts

Every command takes --state DIR (or LIVEMIGRATE_LAB_STATE; default .lab in the project).
Userlands are cached in LIVEMIGRATE_LAB_CACHE (default ~/.cache/live-migrate-lab).
`;

/** A mistake in the command line. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const dashes = args.indexOf('--');
  const own = dashes < 0 ? args : args.slice(0, dashes);
  const { values, positionals } = parseArgs({
    args: [...own],
    allowPositionals: true,
    options: {
      hosts: { type: 'string' },
      suite: { type: 'string' },
      'suite-of': { type: 'string', multiple: true },
      state: { type: 'string' },
      json: { type: 'boolean' },
      memory: { type: 'string' },
      dirty: { type: 'string' },
      'working-set': { type: 'string' },
      disk: { type: 'string' },
      format: { type: 'string' },
      size: { type: 'string' },
      blocks: { type: 'string' },
      span: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const stateDir = stateFolder(values.state);
  const [command, ...rest] = positionals;
  if (command === undefined || values.help === true) {
    process.stdout.write(USAGE);
    return values.help === true ? 0 : 2;
  }
  switch (command) {
    case 'up': {
      const hosts = (values.hosts ?? 'kvm01,kvm02').split(',').map((name) => name.trim());
      const say = (line: string): void => void process.stderr.write(`lab: ${line}\n`);
      const suites = suitesOf(hosts, values.suite, values['suite-of'] ?? []);
      printStatus(await openLab({ stateDir, hosts, suites, say }));
      return 0;
    }
    case 'down':
      await takeDown(stateDir);
      await removeAbandonedLabs();
      return 0;
    case 'status':
      return status(stateDir, values.json === true);
    case 'exec':
      return await execInteractively(
        running(stateDir),
        rest,
        dashes < 0 ? [] : args.slice(dashes + 1),
      );
    case 'inventory':
      running(stateDir).writeInventory(required(rest[0], 'inventory FILE'));
      return 0;
    case 'guest':
      return await guest(running(stateDir), rest, values);
    default:
      throw new UsageError(`there is no command ${command}`);
  }
}

type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

async function guest(lab: Lab, args: readonly string[], values: Values): Promise<number> {
  const [action, ...rest] = args;
  switch (action) {
    case 'start': {
      const host = required(rest[0], 'guest start HOST NAME');
      const name = required(rest[1], 'guest start HOST NAME');
      const started = await lab.startGuest(host, guestOptions(name, values));
      const { ticks } = started.report();
      process.stdout.write(
        `${name} runs on ${host} (run ${started.run}, tick ${String(ticks.at(-1)?.n ?? 0)})\n`,
      );
      for (const disk of started.disks) process.stdout.write(`  ${disk.target} ${disk.path}\n`);
      return flaws(started.report()).length === 0 ? 0 : 1;
    }
    case 'list': {
      for (const host of lab.hosts) {
        const list = await lab.exec(host.name, ['virsh', '-q', 'list', '--all']);
        for (const line of list.stdout.split('\n').filter((text) => text.trim() !== '')) {
          process.stdout.write(`${host.name} ${line}\n`);
        }
      }
      return 0;
    }
    case 'destroy':
      await destroyGuest(lab.hosts, required(rest[0], 'guest destroy NAME'));
      return 0;
    case 'console': {
      const host = required(rest[0], 'guest console HOST NAME');
      const name = required(rest[1], 'guest console HOST NAME');
      const log = await lab.exec(host, ['cat', `/var/log/guests/${name}.log`]);
      process.stdout.write(log.stdout);
      process.stderr.write(log.stderr);
      return log.code ?? 1;
    }
    default:
      throw new UsageError('guest start|list|destroy|console');
  }
}

function guestOptions(name: string, values: Values): GuestOptions {
  const number = (key: string): number | undefined => {
    const text = values[key];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0)
      throw new UsageError(`--${key} wants a whole number`);
    return value;
  };
  const chosen = <T extends string>(key: string, all: readonly T[]): T | undefined => {
    const text = values[key];
    if (text === undefined) return undefined;
    const found = all.find((candidate) => candidate === text);
    if (found === undefined) throw new UsageError(`--${key} is one of ${all.join(', ')}`);
    return found;
  };
  const at = chosen('disk', ['shared', 'local']);
  const format = chosen('format', ['qcow2', 'raw']);
  const sizeMiB = number('size');
  const memoryMiB = number('memory');
  const dirtyMiBs = number('dirty');
  const workingSetMiB = number('working-set');
  const blocksPerSecond = number('blocks');
  const spanMiB = number('span');
  return {
    name,
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(dirtyMiBs === undefined ? {} : { dirtyMiBs }),
    ...(workingSetMiB === undefined ? {} : { workingSetMiB }),
    ...(at === undefined
      ? {}
      : {
          disks: [
            {
              at,
              ...(format === undefined ? {} : { format }),
              ...(sizeMiB === undefined ? {} : { sizeMiB }),
            },
          ],
        }),
    ...(blocksPerSecond === undefined
      ? {}
      : { writer: { blocksPerSecond, ...(spanMiB === undefined ? {} : { spanMiB }) } }),
  };
}

function suitesOf(
  hosts: readonly string[],
  all: string | undefined,
  single: readonly string[],
): Record<string, Suite> {
  const known = (name: string): Suite => {
    if (isSuite(name)) return name;
    throw new UsageError(`${name} is not one of ${SUITES.join(', ')}`);
  };
  const suites: Record<string, Suite> = {};
  for (const host of hosts) if (all !== undefined) suites[host] = known(all);
  for (const pair of single) {
    const [host, suite] = pair.split('=');
    if (host === undefined || suite === undefined || !hosts.includes(host)) {
      throw new UsageError(`--suite-of wants HOST=SUITE with one of ${hosts.join(', ')}: ${pair}`);
    }
    suites[host] = known(suite);
  }
  return suites;
}

function status(stateDir: string, json: boolean): number {
  const lab = attachLab(stateDir);
  if (lab === undefined) {
    process.stdout.write(json ? 'null\n' : `no lab runs with state in ${stateDir}\n`);
    return 1;
  }
  if (json) process.stdout.write(`${JSON.stringify(lab, undefined, 2)}\n`);
  else printStatus(lab);
  return lab.hosts.every((host) => isAlive(host.init)) ? 0 : 1;
}

function printStatus(lab: Lab): void {
  for (const host of lab.hosts) {
    const state = isAlive(host.init) ? 'runs' : 'DEAD';
    process.stdout.write(
      `${host.name}  ${state}  ${host.suite}  libvirt ${host.libvirtVersion}  QEMU ${host.qemuVersion}  ` +
        `${host.managementAddress}  ${host.migrationAddress}  127.0.0.1:${String(host.sshPort)}\n`,
    );
  }
  process.stdout.write(`ssh -F ${lab.sshConfig} ${lab.hosts[0]?.name ?? 'HOST'}\n`);
}

/** With this terminal as input and output; the bound is the user's patience. */
async function execInteractively(
  lab: Lab,
  args: readonly string[],
  command: readonly string[],
): Promise<number> {
  const host = lab.host(required(args[0], 'exec HOST -- COMMAND'));
  if (command.length === 0) throw new UsageError('exec HOST -- COMMAND');
  const child = spawn(
    'nsenter',
    ['-m', '-u', '-i', '-n', '-p', '-t', String(host.init.pid), '--', ...command],
    {
      stdio: 'inherit',
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/root',
        LC_ALL: 'C',
        TERM: process.env['TERM'] ?? 'dumb',
      },
    },
  );
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

function running(stateDir: string): Lab {
  const lab = attachLab(stateDir);
  if (lab === undefined) throw new UsageError(`no lab runs with state in ${stateDir}: up first`);
  return lab;
}

function required(value: string | undefined, usage: string): string {
  if (value === undefined) throw new UsageError(usage);
  return value;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const code = (error as { code?: unknown }).code;
  const usage =
    error instanceof UsageError || (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS'));
  process.stderr.write(`lab: ${(error as Error).message}\n`);
  if (error instanceof LabImpossible || usage) process.exitCode = 2;
  else process.exitCode = 1;
}
