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
libvirt() { bounded ${String(virshTimeout)} virsh -c qemu:///system "$@"; }
`;

/**
 * What a host is and has. `$1` is an unguessable word: the commands of one virsh call are told apart
 * by lines that begin with it, which no domain XML can contain by intent.
 */
export const hostScript = `${frame}
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
usable() {
  libvirt domcapabilities --virttype kvm 2>/dev/null || libvirt domcapabilities --virttype qemu
}
# Runs "$2" … for each UUID of list $1, many in one virsh: starting one costs more than asking.
each() {
  list=$1; shift
  batch= count=0 broken=0
  for uuid in $list; do
    case $uuid in *[!0-9a-f-]*) continue ;; esac
    for question in "$@"; do
      batch="$batch echo $mark $uuid \${question%% *};\${question#* }  $uuid;"
    done
    count=$((count + 1))
    if [ "$count" -ge 40 ]; then ask "$batch"; batch= count=0; fi
  done
  [ -z "$batch" ] || ask "$batch"
  return "$broken"
}
# virsh goes on after a command that fails and writes its error in order, so errors stay with their
# command. Its exit code is that of the last command; only 124 and above is a failure of virsh itself.
ask() {
  libvirt "$1" 2>&1 || { answer=$?; [ "$answer" -lt 124 ] || broken=$answer; }
}
main() {
  section host uname -n
  section user id -un
  section boot cat /proc/sys/kernel/random/boot_id
  section online cat /sys/devices/system/cpu/online
  section memory cat /proc/meminfo
  section processor sh -c 'grep -m1 -i -E "^(model name|cpu model|processor type|cpu)[[:space:]]*:" /proc/cpuinfo ||
    lscpu 2>/dev/null | grep -m1 "^Model name:" || :'
  section bridges bridges
  section version libvirt version --daemon
  if [ "$code" != 0 ]; then printf '@end\\n'; return; fi
  section options libvirt help migrate
  section capabilities libvirt capabilities
  section usable usable
  section networks libvirt net-list --all --uuid
  section active-networks libvirt net-list --uuid
  section network-details each "$(libvirt net-list --all --uuid 2>/dev/null)" 'xml net-dumpxml --network'
  section pools libvirt pool-list --all --uuid
  section active-pools libvirt pool-list --uuid
  section pool-details each "$(libvirt pool-list --all --uuid 2>/dev/null)" 'xml pool-dumpxml --pool'
  domains=$(libvirt list --all --uuid 2>/dev/null)
  section domain-details each "$domains" 'info dominfo --domain' 'xml dumpxml --domain' \\
    'job domjobinfo --domain' 'snapshots snapshot-list --domain' \\
    'downtime migrate-getmaxdowntime --domain'
  section domains libvirt list --all --uuid
  printf '@end\\n'
}
main
`;

/**
 * Images, guest agents and QEMU monitors. Parameters come in pairs: \`raw PATH\` (the guest decides
 * what such an image contains, so its content is never interpreted), \`probe PATH\`, \`ping UUID\`,
 * \`monitor UUID\`.
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
# Each layer is opened alone; the next one only when its name is a plain absolute path.
chain() {
  layer=$1 depth=0
  while :; do
    section layer bounded 20 qemu-img info -U --output=json -- "$layer"
    [ "$code" = 0 ] || return
    next=$(bounded 20 qemu-img info -U --output=json -- "$layer" 2>/dev/null </dev/null |
      sed -n 's/^    "full-backing-filename": "\\(\\/[^"\\\\]*\\)",*$/\\1/p')
    depth=$((depth + 1))
    [ -n "$next" ] && [ "$depth" -lt 32 ] || return
    layer=$next
  done
}
image() {
  mode=$1 path=$2
  section image :
  section stat bounded 10 stat -L -c '%f %i %d %.9Y %s %b %B %t %T' -- "$path"
  found=$code
  [ -L "$path" ] && section link readlink -- "$path"
  nearest "$path"
  section real readlink -f -- "$near"
  section device-of bounded 10 stat -L -c '%d' -- "$near"
  section statfs bounded 10 stat -L -f -c '%i %a %S' -- "$near"
  [ "$found" = 0 ] || return
  if [ -b "$path" ]; then
    set -- $(stat -L -c '0x%t 0x%T' -- "$path")
    section block device "$(($1)):$(($2))"
  fi
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
main() {
  pings "$@"
  section mounts cat /proc/self/mountinfo
  while [ "$#" -ge 2 ]; do
    case $1 in
      raw|probe) image "$1" "$2" ;;
      monitor) monitor "$2" ;;
    esac
    shift 2
  done
  printf '@end\\n'
}
main "$@"
`;
