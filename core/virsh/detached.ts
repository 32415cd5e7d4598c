import type { Command } from './command.ts';
import { command } from './command.ts';
import { domainFiles } from './migrate.ts';

/**
 * Where runs keep their state on the source host. One folder a run: `identity` (who supervises and
 * which virsh), `out`, `err`, `exit` (written last and whole), `started`. One lock file a domain.
 */
export const prelude = `set -u
umask 077
LC_ALL=C; export LC_ALL
base=\${XDG_STATE_HOME:-\${HOME:?}/.local/state}/livemigrate
# A process is told by its number, its start time and the boot: a number alone is used again.
boot() { cat /proc/sys/kernel/random/boot_id; }
birth() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }
alive() { [ -n "\${2:-}" ] && [ "$(birth "$1")" = "$2" ] && [ "\${3:-}" = "$(boot)" ]; }
whole() { cat >"$1.part" && mv -f -- "$1.part" "$1"; }
# Seconds since the boot: a clock that nobody can set.
uptime() { cut -d . -f 1 /proc/uptime; }
`;

/**
 * Supervises one virsh: \$1 script prelude, \$2 run folder, \$3 domain, \$4 seconds until abort (0:
 * never), then the command. It holds the domain's lock (descriptor 9) as long as it or virsh lives;
 * the kernel frees it whatever kills them.
 */
const supervisor = `eval "$1"
run=$2 domain=$3 abort_after=$4
shift 4
# The files of --xml are named relative to here.
cd "$run" || exit
"$@" </dev/null >"$run/out" 2>"$run/err" &
virsh=$!
virsh_birth=$(birth "$virsh")
date +%s | whole "$run/started"
uptime | whole "$run/started-uptime"
printf '%s %s %s %s %s\\n' "$$" "$(birth "$$")" "$virsh" "\${virsh_birth:-0}" "$(boot)" |
  whole "$run/identity"
watchdog=
if [ "$abort_after" -gt 0 ]; then
  {
    # No sleeping through: a virsh that is gone must not leave a timer that would one day
    # abort somebody else's job.
    deadline=$(($(uptime) + abort_after))
    while [ "$(uptime)" -lt "$deadline" ]; do
      sleep 1
      alive "$virsh" "$virsh_birth" "$(boot)" || exit 0
    done
    date +%s | whole "$run/timed-out"
    virsh -c qemu:///system domjobabort --domain "$domain" >"$run/abort" 2>&1
  } </dev/null >/dev/null 2>&1 &
  watchdog=$!
fi
wait "$virsh"
code=$?
rm -f -- "$run"/*.xml
[ -z "$watchdog" ] || { kill "$watchdog" 2>/dev/null; wait "$watchdog" 2>/dev/null; }
printf '%s\\n' "$code" | whole "$run/exit"
`;

/**
 * Starts a run: $1 prelude, $2 supervisor, $3 run id, $4 domain UUID, $5 seconds until abort, $6
 * lines of the domain XML on standard input, $7 those of the definition, then the command. Exit 75: another run has the domain (its id on standard output). Exit 73: this run
 * was started before; a launch is never repeated.
 */
const launcher = `eval "$1"
prelude=$1 supervisor=$2 id=$3 domain=$4 abort_after=$5 live=$6 definition=$7
shift 7
command -v flock >/dev/null && command -v setsid >/dev/null || {
  echo 'flock and setsid (util-linux) are needed on the source host' >&2
  exit 69
}
mkdir -p "$base/runs" "$base/locks" || exit 74
exec 9>>"$base/locks/$domain" || exit 74
# A reader takes the lock for a moment to see whether it is free.
flock -n 9 || { sleep 1; flock -n 9; } || { sleep 1; flock -n 9; } || {
  cat "$base/locks/$domain.run" 2>/dev/null
  exit 75
}
run=$base/runs/$id
[ ! -e "$run" ] || { echo "run $id was started before" >&2; exit 73; }
find "$base/runs" -mindepth 1 -maxdepth 1 -type d -mtime +90 -exec rm -rf {} +
mkdir "$run" || exit 73
if [ "$live" -gt 0 ]; then
  awk -v run="$run" -v live="$live" -v definition="$definition" '
    NR <= live { print >(run "/${domainFiles.live}"); next }
    NR <= live + definition { print >(run "/${domainFiles.persistent}"); next }
    { last = $0 }
    END { exit NR == live + definition + 1 && last == "@end" ? 0 : 1 }
  ' || { rm -f -- "$run"/*.xml; echo 'the domain XML did not arrive whole' >&2; exit 74; }
fi
printf '%s\\n' "$domain" | whole "$run/domain"
printf '%s\\n' "$id" | whole "$base/locks/$domain.run"
setsid nohup sh -c "$supervisor" livemigrate-run "$prelude" "$run" "$domain" "$abort_after" "$@" \
  </dev/null >/dev/null 2>&1 9>&9 &
tries=0
while [ ! -e "$run/identity" ] && [ "$tries" -lt 100 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
[ -e "$run/identity" ] || { echo "run $id did not start within 10 s" >&2; exit 70; }
echo started
`;

/**
 * Reads a run: $1 prelude, $2 run id, $3 domain UUID. Everything in one answer, so that watching
 * costs one command a time. The exit code is looked at last: what is there with it is complete.
 */
export const reader = `eval "$1"
id=$2 domain=$3
run=$base/runs/$id
lines() { awk '{ print "|" $0 }'; }
# Every question is bounded: a daemon that hangs must not gather processes that wait for it.
ask() { timeout 12 virsh -c qemu:///system "$@" 2>&1; }
content() { [ ! -r "$run/$1" ] || { printf '@%s\\n' "$1"; tail -c 8192 "$run/$1" | lines; }; }
printf '@now %s\\n' "$(date +%s)"
printf '@uptime %s\\n' "$(uptime)"
text=$(ask domjobinfo --domain "$domain" --rawstats); code=$?
case $code$text in
  1*rawstats*) text=$(ask domjobinfo --domain "$domain"); code=$? ;;
esac
printf '@job %s\\n' "$code"
printf '%s\\n' "$text" | lines
text=$(ask domstate --domain "$domain" --reason); code=$?
printf '@domain %s\\n' "$code"
printf '%s\\n' "$text" | lines
holder=
if [ -e "$base/locks/$domain" ]; then
  flock -n "$base/locks/$domain" true || holder=$(cat "$base/locks/$domain.run" 2>/dev/null)
fi
printf '@lock %s\\n' "$holder"
if [ ! -d "$run" ]; then
  state=absent
elif [ -e "$run/exit" ]; then
  state=finished
elif [ ! -e "$run/identity" ]; then
  state=starting
  [ "$holder" = "$id" ] || state=vanished
else
  read -r supervisor born virsh virsh_born booted <"$run/identity"
  if alive "$supervisor" "$born" "$booted"; then state=running
  elif alive "$virsh" "$virsh_born" "$booted"; then state=orphaned
  elif [ -e "$run/exit" ]; then state=finished
  else state=vanished
  fi
  [ ! -e "$run/exit" ] || state=finished
fi
# A supervisor that was killed could not remove them.
case $state in finished | vanished) rm -f -- "$run"/*.xml ;; esac
printf '@state %s\\n' "$state"
for name in started started-uptime timed-out exit out err abort; do content "$name"; done
echo '@end'
`;

const forbidder = `eval "$1"
mkdir -p "$base/runs" || exit 74
if mkdir "$base/runs/$2" 2>/dev/null; then echo forbidden
elif [ -e "$base/runs/$2" ]; then echo exists
else exit 74
fi
`;

export interface Launch {
  /** Lower-case letters, digits and dashes; unique. */
  readonly runId: string;
  readonly domainUuid: string;
  /** Whole seconds until the migration is aborted; undefined for never. */
  readonly abortAfterSeconds: number | undefined;
  /** The plan's launch command. */
  readonly migrate: Command;
  /** What `--xml` and `--persistent-xml` read; for the run's own folder on the source. */
  readonly xml?: { readonly live: string; readonly definition: string | undefined } | undefined;
}

/** Exit codes of the launcher that mean something other than “it did not work”. */
export const launchExit = { startedBefore: 73, busy: 75 } as const;

/**
 * Starts the plan's command so that it outlives this session, the editor and the link: in a session
 * of its own on the source host, supervised by a script that notes its end and, when asked to, aborts
 * the migration after its time. Two launches for one domain cannot both start.
 */
export function launchCommand(launch: Launch): Command {
  if (!/^[a-z0-9-]{1,64}$/.test(launch.runId)) throw new Error(`not a run id: ${launch.runId}`);
  const { live = '', definition = '' } = launch.xml ?? {};
  const files = [lines(live), lines(definition)] as const;
  const started = command(
    'sh',
    '-c',
    launcher,
    'livemigrate-launch',
    prelude,
    supervisor,
    launch.runId,
    launch.domainUuid,
    String(launch.abortAfterSeconds ?? 0),
    String(files[0].length),
    String(files[1].length),
    ...launch.migrate.argv,
  );
  if (launch.xml === undefined) return started;
  return { ...started, stdin: `${[...files[0], ...files[1], '@end'].join('\n')}\n` };
}

function lines(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/**
 * Takes the place of a run that may not have been launched: after it printed `forbidden` a launch
 * of that id that is still on its way cannot start any more. It prints `exists` when it did start.
 */
export function forbidRunCommand(runId: string): Command {
  return command('sh', '-c', forbidder, 'livemigrate-forbid', prelude, runId);
}

/** Prints the state of a run, of its job and of its domain in one answer; see `parseRunReading`. */
export function readRunCommand(runId: string, domainUuid: string): Command {
  return command('sh', '-c', reader, 'livemigrate-read', prelude, runId, domainUuid);
}
