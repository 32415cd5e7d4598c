import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { locked } from './lock.ts';
import { CommandFailed, identify, must, pause, run } from './process.ts';
import { cacheFolder } from './state.ts';
import type { Suite } from './suites.ts';

/** What a host needs. Debian 13 has a package per libvirt driver; in Debian 12 the daemon brings them all. */
const COMMON = [
  'gnutls-bin',
  'iproute2',
  'libvirt-clients',
  'libvirt-daemon',
  'libvirt-daemon-driver-qemu',
  'openssh-server',
  'procps',
  'qemu-system-x86',
  'qemu-utils',
  'tini',
];
const PACKAGES: Readonly<Record<Suite, readonly string[]>> = {
  trixie: [
    ...COMMON,
    'libvirt-daemon-driver-interface',
    'libvirt-daemon-driver-network',
    'libvirt-daemon-driver-nodedev',
    'libvirt-daemon-driver-nwfilter',
    'libvirt-daemon-driver-secret',
    'libvirt-daemon-driver-storage',
    // The guest's workload is compiled here, so that the user's machine needs no compiler.
    'libc6-dev',
    'tcc',
  ],
  bookworm: COMMON,
};

/** The suite whose userland holds the guest's kernel and the compiler for its workload. */
export const KIT_SUITE: Suite = 'trixie';
/** Where the unpacked kernel package is inside that userland. */
export const KERNEL_FOLDER = 'usr/lib/live-migrate-lab/kernel';

/** Runs in the new userland (folder in $1) while apt still works there. */
const CUSTOMIZE = `set -eu
root=$1
getent() { chroot "$root" getent "$@" >/dev/null; }
# Made by a package that Debian 12's minimal set leaves out; libvirtd's QEMU driver does not start without them.
getent group libvirt-qemu || chroot "$root" groupadd --system libvirt-qemu
getent passwd libvirt-qemu || chroot "$root" useradd --system --gid libvirt-qemu --no-create-home \\
  --home-dir /var/lib/libvirt --shell /usr/sbin/nologin libvirt-qemu
# Every host makes its own.
rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/machine-id "$root"/etc/hostname "$root"/etc/resolv.conf
mkdir -p "$root/etc/lab" "$root/srv/shared" "$root/srv/lab" "$root/var/log/guests" "$root/run/sshd"
`;

/**
 * The kernel is only unpacked: installing it would draw in a boot loader's world. Fetched by the machine's apt with
 * mmdebstrap's configuration, which knows the mirror and needs no resolver in the userland.
 */
const KERNEL = `
export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
image=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \\(linux-image-[0-9].*\\)$/\\1/p' | head -n 1)
test -n "$image"
mkdir -p "$root/${KERNEL_FOLDER}"
cd "$root/${KERNEL_FOLDER}"
apt-get -q -o APT::Sandbox::User=root download "$image"
dpkg-deb -x ./*.deb .
rm ./*.deb
`;

const DPKG = [
  // A crash half-way throws the folder away anyway.
  'force-unsafe-io',
  'path-exclude=/usr/share/doc/*',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/locale/*',
  'path-exclude=/usr/share/info/*',
];

function customizeScript(suite: Suite): string {
  return suite === KIT_SUITE ? CUSTOMIZE + KERNEL : CUSTOMIZE;
}

/** Path of the suite's userland in the cache; its name changes with everything that makes it what it is. */
export function userlandPath(suite: Suite): string {
  const recipe = JSON.stringify([PACKAGES[suite], customizeScript(suite), DPKG]);
  const key = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  return join(cacheFolder(), `${suite}-${key}`);
}

/**
 * Makes the suite's userland unless it is in the cache, and returns its path. Built beside and renamed, so a userland
 * that exists is whole. Needs the network once.
 */
export async function ensureUserland(suite: Suite, say: (line: string) => void): Promise<string> {
  const path = userlandPath(suite);
  if (existsSync(path)) return path;
  const cache = cacheFolder();
  mkdirSync(cache, { recursive: true });
  return await locked(join(cache, `.lock-${suite}`), 1_200_000, async () => {
    if (existsSync(path)) return path;
    removeAbandoned(cache, suite);
    const started = performance.now();
    say(`making the ${suite} userland with mmdebstrap (once; it stays in ${cache})`);
    const building = join(cache, `.building-${suite}-${String(process.pid)}`);
    await build(suite, building, say);
    renameSync(building, path);
    for (const name of readdirSync(cache)) {
      // Userlands of older recipes.
      if (name.startsWith(`${suite}-`) && join(cache, name) !== path && !inUse(join(cache, name))) {
        rmSync(join(cache, name), { recursive: true, force: true });
        rmSync(join(cache, `capabilities-${name}`), { recursive: true, force: true });
      }
    }
    say(`the ${suite} userland took ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return path;
  });
}

async function build(suite: Suite, target: string, say: (line: string) => void): Promise<void> {
  const source = await debianMirror();
  const script = `${target}.sh`;
  writeFileSync(script, customizeScript(suite));
  // A mount and a process namespace of its own: whatever ends this ends apt and dpkg in it and leaves no mount.
  const command = [
    // It ends when this process does, however that ends: nothing goes on writing into a folder given up.
    'setpriv',
    '--pdeathsig',
    'KILL',
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    'mmdebstrap',
    '--mode=root',
    '--variant=minbase',
    '--format=directory',
    '--architectures=amd64',
    `--include=${PACKAGES[suite].join(',')}`,
    ...DPKG.map((option) => `--dpkgopt=${option}`),
    ...(await aptOptions()).map((option) => `--aptopt=${option}`),
    `--customize-hook=sh '${script}' "$1"`,
    suite,
    target,
    ...(source === undefined ? [] : [source]),
  ];
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await must(command, { timeoutMs: 600_000 });
        return;
      } catch (error) {
        rmSync(target, { recursive: true, force: true });
        if (!(error instanceof CommandFailed) || attempt === 3) {
          throw new Error(
            `The ${suite} userland could not be made (${String(attempt)} attempts). It needs a Debian mirror: ` +
              'the one of this machine’s apt, or LIVEMIGRATE_LAB_MIRROR.\n' +
              (error as Error).message,
            { cause: error },
          );
        }
        const reason = /^(Err:|E:).*$/m.exec(error.result.stderr)?.[0] ?? '';
        say(`mmdebstrap failed, trying again: ${reason}`);
        await pause(2000 * attempt);
      }
    }
  } finally {
    rmSync(script, { force: true });
  }
}

/**
 * The Debian mirror the machine's own apt uses, whatever the format of its sources; undefined on another distribution,
 * where mmdebstrap's own default serves.
 */
async function debianMirror(): Promise<string | undefined> {
  const chosen = process.env['LIVEMIGRATE_LAB_MIRROR'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const targets = await run(
    [
      'apt-get',
      'indextargets',
      '--format',
      '$(REPO_URI)',
      'Created-By: Packages',
      'Origin: Debian',
      'Label: Debian',
      'Component: main',
    ],
    { timeoutMs: 30_000 },
  );
  const first = targets.stdout.split('\n').find((line) => line.trim() !== '');
  return targets.code === 0 ? first?.trim() : undefined;
}

/** The machine's settings about how to reach a mirror and whether to believe its dates hold for the userland too. */
async function aptOptions(): Promise<string[]> {
  const dump = await must(['apt-config', 'dump', 'Acquire'], { timeoutMs: 30_000 });
  const wanted =
    /^Acquire::(Check-Valid-Until|Check-Date|(https?|ftp)::.*(Proxy|CaInfo).*) ".+";$/i;
  return ['Acquire::Retries "5"', ...dump.split('\n').filter((line) => wanted.test(line))].map(
    (line) => line.replace(/;$/, ''),
  );
}

/** Half-built userlands whose builder is gone. */
function removeAbandoned(cache: string, suite: Suite): void {
  for (const name of readdirSync(cache)) {
    const pid = new RegExp(`^\\.building-${suite}-(\\d+)(\\.sh)?$`).exec(name)?.[1];
    if (pid !== undefined && identify(Number(pid)) === undefined) {
      rmSync(join(cache, name), { recursive: true, force: true });
    }
  }
}

/** Whether a running host stands on this folder of the cache: one of its mounts names it. */
export function inUse(cached: string): boolean {
  const name = `/${basename(cached)}`;
  return readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/mountinfo`, 'utf8').includes(name);
    } catch {
      return false; // ended meanwhile
    }
  });
}
