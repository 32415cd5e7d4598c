import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../../core/virsh/command.ts';

/**
 * A `virsh` that migrates nothing: it lets the scripts that run on a source host be tried with a
 * real shell. It is no proof that a migration works; the lab is.
 */
const script = `#!/bin/sh
case " $* " in
" -q -c qemu:///system ")
  [ ! -e "$FAKE/dumb" ] || exit 1
  [ ! -e "$FAKE/hang" ] || sleep 30
  while read -r line; do
    printf 'virsh # %s\\n' "$line"
    "$0" -c qemu:///system $line
    echo
  done
  printf 'virsh # ' ;;
*" domjobinfo "*)
  case "$* $(cat "$FAKE/old" 2>/dev/null)" in
    *--rawstats*old) echo "error: command 'domjobinfo' doesn't support option --rawstats" >&2; exit 1 ;;
  esac
  [ -e "$FAKE/job" ] || { echo "error: Requested operation is not valid: domain is not running" >&2; exit 1; }
  cat "$FAKE/job" ;;
*" domstate "*)
  [ -e "$FAKE/state" ] || { echo "error: failed to get domain 'x'" >&2; exit 1; }
  cat "$FAKE/state" ;;
*" domjobabort "*)
  [ -e "$FAKE/starts" ] || { echo "error: Requested operation is not valid: no job is active on the domain" >&2; exit 1; }
  : >"$FAKE/aborted" ;;
*" migrate-setmaxdowntime "*) printf '%s\\n' "$*" >>"$FAKE/downtimes" ;;
*" qemu-monitor-command "*)
  printf '%s\\n' "$*" >>"$FAKE/monitor"
  case "$*" in
  *query-migrate-parameters*) cat "$FAKE/parameters" ;;
  *) cat "$FAKE/answer" 2>/dev/null || echo '{"return":{},"id":"libvirt-2"}' ;;
  esac ;;
*" migrate "*)
  printf '%s\\n' "$@" >"$FAKE/migrate"
  printf 'started\\n' >>"$FAKE/starts"
  n=0
  while [ "$n" -lt 300 ]; do
    n=$((n + 1))
    [ ! -e "$FAKE/aborted" ] || { echo "error: operation aborted: job 'migration out' canceled by client" >&2; exit 1; }
    [ ! -e "$FAKE/end" ] || { cat "$FAKE/words" >&2 2>/dev/null; exit "$(cat "$FAKE/end")"; }
    sleep 0.1
  done ;;
*) exit 64 ;;
esac
`;

/** A `qemu-img` that writes something recognisable, and truncates like the real one. */
const imageTool = `#!/bin/sh
case $1 in
create) shift; [ "$1 $2 $4" = '-q -f --' ] && [ ! -e "$FAKE/full" ] || exit 1
  printf '%s %s\\n' "$3" "$6" >"$5" ;;
info)
  [ ! -e "$FAKE/locked" ] || { echo "qemu-img: Could not open: Failed to get shared \\"write\\" lock" >&2; exit 1; } ;;
*) exit 64 ;;
esac
`;

export interface FakeHost {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  run(command: Command): {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  };
  put(name: string, text: string): void;
  remove(name: string): void;
  has(name: string): boolean;
  read(name: string): string;
  dispose(): void;
}

export function fakeHost(): FakeHost {
  const home = mkdtempSync(join(tmpdir(), 'livemigrate-'));
  const fake = join(home, 'fake');
  mkdirSync(join(home, 'bin'));
  mkdirSync(fake);
  writeFileSync(join(home, 'bin', 'virsh'), script, { mode: 0o755 });
  writeFileSync(join(home, 'bin', 'qemu-img'), imageTool, { mode: 0o755 });
  const env = {
    HOME: home,
    FAKE: fake,
    PATH: `${join(home, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
  };
  return {
    home,
    env,
    run: ({ argv: [program, ...args], stdin }) => {
      const result = spawnSync(program, args, {
        env,
        encoding: 'utf8',
        input: stdin ?? '',
        timeout: 30_000,
      });
      return { code: result.status, stdout: result.stdout, stderr: result.stderr };
    },
    put: (name, text) => {
      writeFileSync(join(fake, name), text);
    },
    remove: (name) => {
      rmSync(join(fake, name), { force: true });
    },
    has: (name) => existsSync(join(fake, name)),
    read: (name) => readFileSync(join(fake, name), 'utf8'),
    dispose: () => {
      // Whatever still waits ends by itself: the fake gives up after 30 s, sooner with this file.
      if (existsSync(fake)) writeFileSync(join(fake, 'end'), '1');
      spawnSync('sleep', ['0.3']);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
