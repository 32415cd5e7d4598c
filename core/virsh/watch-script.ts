import type { Command } from './command.ts';
import { command } from './command.ts';
import { prelude, reader } from './detached.ts';

/**
 * Looks at a run again and again in one command: \$1 prelude, \$2 reader, \$3 run id, \$4 domain UUID,
 * \$5 looks, \$6 seconds between two. Each look prints what the reader prints.
 *
 * Starting virsh costs the host some hundred times what asking it costs: it loads half of libvirt. So
 * one virsh reads the questions from its standard input, as from a terminal, and between them nothing is
 * started but flock. That waits for the end of the run, which frees the lock of the domain: the end is
 * seen at once.
 *
 * Only what is ordinary is answered this way: virsh and its supervisor live and libvirt gives
 * statistics. Anything else (the end, an error, a supervisor that was killed, words of virsh) ends
 * the command with one answer of the reader, which knows all states.
 */
const watcher = `eval "$1"
prelude=$1 reader=$2 id=$3 domain=$4 looks=$5 seconds=$6
run=$base/runs/$id
# virsh keeps a history of what it reads: not among the user's own, and nowhere else. The rest keeps
# readline from treating the pipe as a terminal.
XDG_CACHE_HOME=/dev/null INPUTRC=/dev/null TERM=dumb COLUMNS=512
export XDG_CACHE_HOME INPUTRC TERM COLUMNS
full() { set -- "$prelude" "$id" "$domain"; eval "$reader"; }
# Whether the process \$1 is the one that started at \$2; without starting a program for it.
lives() {
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  born=$2
  set -- \${stat##*') '}
  [ "\${20:-}" = "$born" ]
}
ordinary() {
  [ ! -e "$run/exit" ] && [ ! -e "$run/timed-out" ] && [ ! -s "$run/out" ] && [ ! -s "$run/err" ] &&
    lives "$supervisor" "$supervisor_born"
}
ask() {
  # Descriptor 8 is the lock's file: who gets the lock knows that the run is over.
  exec 8>>"$base/locks/$domain" || return
  while [ "$looks" -gt 0 ] && ordinary; do
    printf 'domjobinfo --domain %s --rawstats\\ndomstate --domain %s --reason\\n' "$domain" "$domain"
    looks=$((looks - 1))
    flock -w "$seconds" 8
    # 1: the time is over. 0: it is free. Else it cannot wait, and must not be asked in a row.
    [ "$?" = 1 ] || return
  done
}
# virsh prints its prompt, and with readline the question, before and between the answers.
tell() {
  job= told=0
  while IFS= read -r line; do
    line=\${line##*'virsh # '}
    case $line in
      '' | 'domjobinfo --domain '* | 'domstate --domain '*) ;;
      error:*) break ;;
      'Job type: '*) job="|$line
" ;;
      *': '*) job="$job|$line
" ;;
      *' ('*')')
        [ -n "$job" ] && ordinary || break
        read -r up rest </proc/uptime
        up=\${up%%.*}
        printf '@now %s\\n@uptime %s\\n@job 0\\n%s@domain 0\\n|%s\\n@lock %s\\n@state running\\n%s@end\\n' \\
          "$((now + up - booted_for))" "$up" "$job" "$line" "$id" "$started"
        job= told=$((told + 1))
        ;;
      *) break ;;
    esac
  done
  [ "$told" = "$looks" ] || full
}
read -r supervisor supervisor_born virsh virsh_born booted 2>/dev/null <"$run/identity" &&
  read -r began 2>/dev/null <"$run/started" && read -r since 2>/dev/null <"$run/started-uptime" &&
  [ "$booted" = "$(boot)" ] && ordinary || { full; exit 0; }
started="@started
|$began
@started-uptime
|$since
"
now=$(date +%s) booted_for=$(uptime)
bound=$(awk -v looks="$looks" -v seconds="$seconds" 'BEGIN { print int(looks * seconds) + 30 }')
ask | timeout "$bound" virsh -q -c qemu:///system 2>&1 | tell
`;

/**
 * Prints the state of a run, of its job and of its domain `looks` times, `seconds` apart; it ends
 * earlier, after a last answer, when there is something else to see than a migration that goes on.
 */
export function watchRunCommand(
  runId: string,
  domainUuid: string,
  { looks, seconds }: { readonly looks: number; readonly seconds: number },
): Command {
  return command(
    ...(['sh', '-c', watcher, 'livemigrate-watch', prelude, reader, runId, domainUuid] as const),
    String(looks),
    String(seconds),
  );
}
