/** What the machine itself must have for the VS Code host, and how it gets there. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { CommandFailed, must, run } from '../lab/process.ts';

/** Why this machine cannot run the VS Code host; the message says what is missing and what to do. */
export class VsCodeHostImpossible extends Error {
  override readonly name = 'VsCodeHostImpossible';
}

interface Requirement {
  /** What it is good for, as a user would ask. */
  readonly what: string;
  readonly debianPackage: string;
  readonly present: () => boolean;
}

const buildTools: readonly Requirement[] = [
  { what: 'python3 (node-gyp)', debianPackage: 'python3', present: () => isProgram('python3') },
  { what: 'make', debianPackage: 'make', present: () => isProgram('make') },
  { what: 'a C++ compiler', debianPackage: 'g++', present: () => isProgram('g++') },
  {
    what: 'the Kerberos headers',
    debianPackage: 'libkrb5-dev',
    present: () => existsSync('/usr/include/gssapi/gssapi.h'),
  },
];

const browser: Requirement = {
  what: 'Chromium',
  debianPackage: 'chromium',
  present: () => findBrowser() !== undefined,
};

/**
 * A Chromium that Playwright can drive: LIVEMIGRATE_CHROMIUM, Debian's, Google Chrome, or the one
 * that `npx playwright-core install chromium` fetched. Ubuntu's snap is not among them: its
 * confinement hides the temporary folders that Playwright works in.
 */
export function findBrowser(): string | undefined {
  const named = process.env['LIVEMIGRATE_CHROMIUM'];
  const candidates = [
    ...(named === undefined ? [] : [named]),
    '/usr/bin/chromium',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/google-chrome',
    chromium.executablePath(),
  ];
  return candidates.find(isExecutable);
}

/**
 * Installs the Debian packages that building (`build`) and testing (`drive`: a browser) need and
 * the machine lacks.
 * @throws VsCodeHostImpossible naming every missing package when they cannot be installed
 */
export async function ensurePackages(
  needs: { readonly build: boolean; readonly drive: boolean },
  say: (line: string) => void,
): Promise<void> {
  const absent = [...(needs.build ? buildTools : []), ...(needs.drive ? [browser] : [])].filter(
    (requirement) => !requirement.present(),
  );
  if (absent.length === 0) return;
  const names = absent.map((requirement) => requirement.debianPackage);
  const missing = absent.map(({ what, debianPackage }) => `${what} (package ${debianPackage})`);
  const lacks = `The VS Code host lacks ${missing.join(', ')}`;
  if (!isProgram('apt-get')) {
    throw new VsCodeHostImpossible(`${lacks}, and there is no apt-get here to install that.`);
  }
  const asRoot = await rootPrefix();
  if (asRoot === undefined) {
    throw new VsCodeHostImpossible(
      `${lacks}, and only root may install that. Run: sudo apt-get install --no-install-recommends ${names.join(' ')}`,
    );
  }
  say(`installing ${names.join(' ')}`);
  // Another apt may be at work on a fresh machine; apt itself waits for its lock.
  const apt = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-y', '-q'];
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  try {
    // One broken source of the machine must not stop what the others can give: the install tells.
    await run([...apt, ...options, 'update'], { timeoutMs: 300_000 });
    await must([...apt, ...options, 'install', '--no-install-recommends', ...names], {
      timeoutMs: 900_000,
    });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new VsCodeHostImpossible(`${lacks}, and installing failed. ${error.message}`);
  }
  const still = absent.filter((requirement) => !requirement.present());
  if (still.length === 0) return;
  // Ubuntu's chromium package is only a link to the snap.
  const hint = still.includes(browser)
    ? ' Install Google Chrome, or run “npx playwright-core install --with-deps chromium”, or name a browser in LIVEMIGRATE_CHROMIUM.'
    : '';
  throw new VsCodeHostImpossible(
    `${still.map(({ what }) => what).join(', ')}: not usable although the package is installed.${hint}`,
  );
}

/** What to put before a command so that it runs as root; undefined when that needs a password. */
async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.geteuid?.() === 0) return [];
  if (!isProgram('sudo')) return undefined;
  const { code } = await run(['sudo', '-n', 'true'], { timeoutMs: 10_000 });
  return code === 0 ? ['sudo', '-n'] : undefined;
}

function isProgram(name: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
