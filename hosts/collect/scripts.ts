import { hostState } from './host-state-script.ts';

/**
 * The scripts that collect facts, in POSIX sh (dash, bash, busybox). They are fixed texts: whatever
 * differs between two calls is a positional parameter. Each reads one host and changes nothing on it.
 *
 * Output is framed by lines: `@name` begins a section, `|` stands before each line of its standard
 * output, `!` before each of its errors, `=code` ends it. Content cannot forge a frame. The last
 * line is `@end`; without it the answer was cut off.
 */

/** Seconds for one virsh command: libvirt waits 30 for a domain that is busy with another job. */
const virshTimeout = 40;

const frame = `
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
exec 5>&1
bounded() {
  seconds=$1; shift
  if command -v timeout >/dev/null 2>&1; then timeout -k 2 "$seconds" "$@"; else "$@"; fi
}
section() {
  printf '@%s\\n' "$1"; shift
  errors=$({ { "$@" </dev/null 5>&-; printf '\\n%d' "$?" >&2; } | sed 's/^/|/' >&5; } 2>&1)
  code=\${errors##*
}
  errors=\${errors%?"$code"}
  printf '\\n'
  [ -z "$errors" ] || printf '%s\\n' "$errors" | sed 's/^/!/'
  printf '=%s\\n' "$code"
}
# A section of one line, or of an error, with half the programs: most of what is asked is so short. Of
# several lines nobody could tell which are errors, so these are asked again.
brief() {
  name=$1; shift
  code=0
  reply=$("$@" 2>&1 </dev/null 5>&-) || code=$?
  case $code$reply in
    0*'
'*) reply=; section "$name" "$@" ;;
    0) printf '@%s\\n=0\\n' "$name" ;;
    0*) printf '@%s\\n|%s\\n=0\\n' "$name" "$reply" ;;
    *)
      printf '@%s\\n' "$name"
      [ -z "$reply" ] || printf '%s\\n' "$reply" | sed 's/^/!/'
      printf '=%s\\n' "$code" ;;
  esac
}
libvirt() { bounded ${String(virshTimeout)} virsh -c qemu:///system "$@"; }
`;

/**
 * What a host is and has. `$1` is an unguessable word: the answers of one virsh call are told apart
 * by lines that begin with it, which no domain XML can contain by intent. Starting virsh costs more
 * than asking it, so there is one call for the host and one for up to 40 objects.
 */
export const hostScript = `${frame}${hostState}
mark=$1
bridges() {
  for folder in /sys/class/net/*/bridge; do
    [ -d "$folder" ] || continue
    name=\${folder%/bridge}
    printf '%s\\n' "\${name##*/}"
  done
  if command -v ovs-vsctl >/dev/null 2>&1; then bounded 5 ovs-vsctl --timeout=4 list-br 2>/dev/null; fi
  return 0
}
# virsh goes on after a command that fails and writes its error in order, so errors stay with their
# command. Its exit code is that of the last command; only 124 and above is a failure of virsh itself.
ask() {
  libvirt "$1" 2>&1 || { answer=$?; [ "$answer" -lt 124 ] || broken=$answer; }
}
reprint() {
  printf '%s\\n' "$host"
  return "$broken"
}
# The UUIDs of one list in the host's answer.
listed() {
  printf '%s\\n' "$host" | sed -n "/^$mark - $1\\$/,/^$mark /p" | grep -E '^[0-9a-f-]{36}$'
}
# Adds questions about each UUID of list $1 to the batch; asks when there are many.
each() {
  list=$1; shift
  for uuid in $list; do
    for question in "$@"; do
      batch="$batch echo $mark $uuid \${question%% *};\${question#* } $uuid;"
    done
    count=$((count + 1))
    if [ "$count" -ge 40 ]; then ask "$batch"; batch= count=0; fi
  done
}
details() {
  batch= count=0 broken=0
  each "$(listed networks)" 'xml net-dumpxml --network'
  each "$(listed pools)" 'xml pool-dumpxml --pool'
  set -- 'info dominfo --domain' 'xml dumpxml --domain' 'job domjobinfo --domain' \\
    'snapshots snapshot-list --domain' 'downtime migrate-getmaxdowntime --domain' 'reason domstate --reason --domain'
  # One command that a virsh does not know spoils the whole call, so newer ones are asked for first.
  case $host in *'checkpoint-list - '*) set -- "$@" 'checkpoints checkpoint-list --domain' ;; esac
  case $host in *--dirtyrate*) set -- "$@" 'dirtyrate domstats --dirtyrate --nowait' ;; esac
  each "$(listed domains)" "$@"
  ask "$batch echo $mark - remaining; list --all --uuid"
  return "$broken"
}
main() {
  brief clock date +%s.%N
  brief uptime cat /proc/uptime
  brief host uname -n
  brief user id -un
  brief boot cat /proc/sys/kernel/random/boot_id
  brief online cat /sys/devices/system/cpu/online
  # virsh is asked meanwhile; what it says is told after the rest.
  {
    section memory cat /proc/meminfo
    section processor sh -c 'grep -m1 -i -E "^(model name|cpu model|processor type|cpu)[[:space:]]*:" /proc/cpuinfo ||
      lscpu 2>/dev/null | grep -m1 "^Model name:" || :'
    section bridges bridges
    section power power
    section pressure pressure
    section kernel kernel
    section topology topology
    section interfaces interfaces
    section ports ports
    section configuration configuration
    section certificates certificates
    section tpm tpm
  } &
  broken=0
  host=$(
    batch=
    for question in 'version version --daemon' 'options help migrate' 'capabilities capabilities' \\
      'usable domcapabilities' 'networks net-list --all --uuid' 'active-networks net-list --uuid' \\
      'pools pool-list --all --uuid' 'active-pools pool-list --uuid' 'domains list --all --uuid' \\
      'secrets secret-list' 'can-checkpoint help checkpoint-list' 'can-domstats help domstats'
    do
      batch="$batch echo $mark - \${question%% *};\${question#* };"
    done
    ask "$batch echo $mark - end" </dev/null
    exit "$broken"
  ) || broken=$?
  wait
  section libvirt reprint
  case $host in *"$mark - end"*) section details details ;; esac
  brief clock-end date +%s.%N
  printf '@end\\n'
}
main
`;

/**
 * Images, guest agents, QEMU monitors, and other hosts. Parameters come in pairs: \`raw PATH\` (the
 * guest decides what such an image contains, so its content is never interpreted), \`probe PATH\`,
 * \`stat PATH\` (no image), \`ping UUID\`, \`monitor UUID\`, \`status NAME\` (needs root), \`jobs
 * UUID TARGET…\`, \`peer URI\`, \`port HOST PORT\`, \`round-trip HOST\`. The first pair is \`mark
 * WORD\`.
 */
export const detailScript = `${frame}
exists() { [ -e "$1" ] || [ -L "$1" ]; }
# The path itself, or the nearest parent that exists. Result in $near.
nearest() {
  near=$1
  while ! exists "$near"; do
    near=\${near%/*}
    [ -n "$near" ] || near=/
  done
}
device() {
  node=/sys/dev/block/$1
  printf 'size %s\\n' "$(cat "$node/size")"
  part=
  if [ -e "$node/partition" ]; then
    part="-part$(cat "$node/partition")"
    node=$(readlink -f "$node/..")
  fi
  for file in dm/uuid device/wwid wwid; do
    [ -r "$node/$file" ] || continue
    identity=$(cat "$node/$file")
    [ -n "$identity" ] || continue
    printf 'identity %s%s\\n' "$identity" "$part"
    return 0
  done
}
# Lines of a section, without a program for it; no line of JSON is empty.
content() {
  set -f
  IFS='
'
  printf '|%s\\n' $1
  unset IFS
  set +f
}
# $near without links in it. Where it is none itself its folder's place says it, for all that lie there.
real() {
  folder=\${near%/*}
  if [ ! -L "$near" ] && [ -n "$folder" ] && [ "$folder" != "$last_folder" ]; then
    last_folder=$folder
    last_real=$(cd -P -- "$folder" 2>/dev/null && pwd -P) || last_folder=
  fi
  # These names are no files of the folder.
  case $near in */ | */. | */..) last_folder= ;; esac
  # A line break at the end would be lost.
  case $last_real$near in *'
'*) last_folder=; section "$1real" readlink -f -- "$near"; return ;; esac
  if [ -L "$near" ] || [ -z "$last_folder" ] || [ "$folder" != "$last_folder" ]; then
    brief "$1real" readlink -f -- "$near"
  else
    printf '@%sreal\\n|%s\\n=0\\n' "$1" "\${last_real%/}/\${near##*/}"
  fi
}
# Each layer is opened alone; the next one only when its name is a plain absolute path.
chain() {
  layer=$1 depth=0
  while [ -n "$layer" ] && [ "$depth" -lt 32 ]; do
    answer=0
    info=$(bounded 20 qemu-img info -U --output=json -- "$layer" 2>&1 </dev/null) || answer=$?
    printf '@layer\\n'
    content "$info"
    printf '=%s\\n' "$answer"
    [ "$answer" = 0 ] || return
    [ "$depth" = 0 ] || place "$layer" layer-
    case $info in
      *'"full-backing-filename"'*) layer=$(printf '%s\\n' "$info" |
        sed -n 's/^    "full-backing-filename": "\\(\\/[^"\\\\]*\\)",*$/\\1/p') ;;
      *) layer= ;;
    esac
    depth=$((depth + 1))
  done
}
# What is at a path, and the file system that holds it. $2 begins the names of the sections.
place() {
  brief "$2stat" bounded 10 stat -L -c '%f %i %d %.9Y %s %b %B %t %T' -- "$1"
  found=$code number=
  if [ "$found" = 0 ]; then
    number=\${reply#* * }
    number=\${number%% *}
  fi
  [ -L "$1" ] && section "$2link" readlink -- "$1"
  nearest "$1"
  real "$2"
  case $number in
    '' | *[!0-9]*)
      brief "$2device-of" bounded 10 stat -L -c '%d' -- "$near"
      holder= ;;
    *)
      printf '@%sdevice-of\\n|%s\\n=0\\n' "$2" "$number"
      holder="$number \${near%/*}" ;;
  esac
  # A link leads to another folder, which may have a quota of its own.
  [ ! -L "$1" ] || holder=
  # The files of a folder are on one file system; a quota is the folder's, too.
  if [ -n "$holder" ] && [ "$holder" = "$last_holder" ]; then
    printf '@%sstatfs\\n|%s\\n=0\\n' "$2" "$last_statfs"
  else
    brief "$2statfs" bounded 10 stat -L -f -c '%i %a %S' -- "$near"
    last_holder= last_statfs=$reply
    [ "$code" != 0 ] || [ -z "$reply" ] || last_holder=$holder
  fi
  if [ "$found" = 0 ] && [ -b "$1" ]; then
    node=$(stat -L -c '0x%t 0x%T' -- "$1")
    section "$2block" device "$((\${node% *})):$((\${node#* }))"
  fi
}
image() {
  mode=$1 path=$2
  printf '@image\\n=0\\n'
  place "$path" ''
  [ "$found" = 0 ] || return
  if [ "$mode" = probe ] && { [ -b "$path" ] || [ -f "$path" ]; }; then chain "$path"; fi
}
ping() {
  if bounded 8 virsh -c qemu:///system qemu-agent-command --domain "$1" --timeout 5 --cmd '{"execute":"guest-ping"}' \\
    >/dev/null 2>&1 </dev/null; then answer=yes; else answer=no; fi
  printf '@ping\\n|%s %s\\n=0\\n' "$1" "$answer"
}
monitor() {
  section monitor printf '%s' "$1"
  section parameters libvirt qemu-monitor-command --domain "$1" --cmd '{"execute":"query-migrate-parameters"}'
  section monitor-capabilities libvirt qemu-monitor-command --domain "$1" --cmd '{"execute":"query-migrate-capabilities"}'
  section migration libvirt qemu-monitor-command --domain "$1" --cmd '{"execute":"query-migrate"}'
}
# What libvirt keeps of a running domain for itself (root may read it): is a reboot under way?
flags() {
  printf 'name %s\\n' "$1"
  file=/run/libvirt/qemu/$1.xml
  [ -r "$file" ] || { printf '%s cannot be read\\n' "$file" >&2; return 1; }
  ! grep -q '^ *<fakereboot/>' "$file" || printf 'rebooting\\n'
}
# Targets that are at the end of the list already are asked in one call of virsh.
add_jobs() {
  domain=$1; shift
  for target in "$@"; do
    batch="$batch echo $mark $domain $target; blockjob --raw --domain $domain --path $target;"
    count=$((count + 1))
  done
  if [ "$count" -ge 80 ]; then ask_jobs; fi
}
ask_jobs() {
  [ -z "$batch" ] || libvirt "$batch echo $mark - end" 2>&1
  batch= count=0
}
jobs() {
  batch= count=0
  while [ "$#" -ge 2 ]; do
    [ "$1" != jobs ] || add_jobs $2
    shift 2
  done
  ask_jobs
}
# As the daemon would open it: with no terminal to ask at.
peer() { bounded 20 virsh -c "$1" version; }
port() {
  printf 'host %s\\nport %s\\n' "$1" "$2"
  if command -v bash >/dev/null 2>&1; then
    bounded 4 bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$1" "$2"
  elif command -v nc >/dev/null 2>&1; then
    bounded 4 nc -z -w 3 "$1" "$2"
  else
    printf 'neither bash nor nc is there\\n' >&2
    return 127
  fi
}
round_trip() {
  printf 'host %s\\n' "$1"
  bounded 8 ping -n -q -c 5 -i 0.2 -W 2 "$1"
}
# The interface that leads to a host, and its speed in Mbit/s.
through() {
  address=$(getent ahosts "$1" 2>/dev/null | sed -n '1s/ .*//p')
  device=$(bounded 5 ip route get "\${address:-$1}" 2>/dev/null | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)
  [ -n "$device" ] || return 1
  printf '%s %s\\n' "$device" "$(cat "/sys/class/net/$device/speed" 2>/dev/null)"
}
# Pings print while they run side by side, so they come before everything else.
pings() {
  asked=0
  while [ "$#" -ge 2 ]; do
    if [ "$1" = ping ]; then
      ping "$2" &
      asked=$((asked + 1))
      [ $((asked % 8)) -ne 0 ] || wait
    fi
    shift 2
  done
  wait
}
# The images among the parameters after $1 and up to $2 of those that follow.
images() {
  from=$1 to=$2 at=0
  shift 2
  while [ "$#" -ge 2 ] && [ "$at" -lt "$to" ]; do
    if [ "$at" -ge "$from" ]; then
      case $1 in raw|probe|stat) image "$1" "$2" ;; esac
    fi
    at=$((at + 2))
    shift 2
  done
}
main() {
  mark=$2 last_holder= last_folder= last_real=
  pings "$@"
  section mounts cat /proc/self/mountinfo
  section jobs jobs "$@"
  half=$(($# / 4 * 2))
  # Two at a time, told in their order.
  images 0 "$half" "$@" &
  second=$(exec 5>&1; images "$half" "$#" "$@")
  wait
  printf '%s\\n' "$second"
  while [ "$#" -ge 2 ]; do
    case $1 in
      monitor) monitor "$2" ;;
      status) section status flags "$2" ;;
      peer) section peer peer "$2" ;;
      port) section port port \${2% *} \${2##* } ;;
      round-trip)
        section round-trip round_trip "$2"
        section through through "$2" ;;
    esac
    shift 2
  done
  printf '@end\\n'
}
main "$@"
`;
