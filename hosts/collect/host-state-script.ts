/**
 * What decides whether a migration can begin and reach the other host. All of it is read from files
 * and programs that change nothing; a key's content is never read, and of qemu.conf only lines that
 * concern migration (it may hold passwords).
 */
export const hostState = `
power() {
  for file in /run/systemd/shutdown/scheduled; do
    [ ! -e "$file" ] || sed 's/^/scheduled /' "$file" || return 1
  done
  for file in /run/shutdown.pid /var/run/shutdown.pid; do
    [ ! -e "$file" ] || printf 'pending %s\\n' "$file"
  done
  [ ! -d /run/systemd/system ] || printf 'state %s\\n' "$(bounded 5 systemctl is-system-running 2>/dev/null)"
  return 0
}
pressure() {
  read -r one five fifteen rest </proc/loadavg || return
  printf 'load %s %s %s\\n' "$one" "$five" "$fifteen"
  for name in cpu memory io; do
    [ -r "/proc/pressure/$name" ] || continue
    while read -r kind shares; do printf '%s %s %s\\n' "$name" "$kind" "$shares"; done <"/proc/pressure/$name"
  done
  return 0
}
kernel() {
  printf 'release %s\\n' "$(uname -r)"
  for name in unprivileged_userfaultfd overcommit_memory; do
    [ ! -r "/proc/sys/vm/$name" ] || printf '%s %s\\n' "$name" "$(cat "/proc/sys/vm/$name")"
  done
  return 0
}
huge_pages() {
  for pool in "$1"/hugepages-*; do
    [ -r "$pool/free_hugepages" ] || continue
    size=\${pool##*hugepages-}
    printf 'pages %s %s %s\\n' "\${size%kB}" "$(cat "$pool/nr_hugepages")" "$(cat "$pool/free_hugepages")"
  done
}
topology() {
  printf 'cpus %s\\n' "$(cat /sys/devices/system/cpu/online)"
  huge_pages /sys/kernel/mm/hugepages
  while read -r source target type rest; do
    [ "$type" != hugetlbfs ] || printf 'mount %s\\n' "$target"
  done </proc/mounts
  for node in /sys/devices/system/node/node[0-9]*; do
    [ -d "$node" ] || continue
    printf 'node %s\\n' "\${node##*/node}"
    printf 'cpulist %s\\n' "$(cat "$node/cpulist")"
    sed -n 's/^Node *[0-9]* *\\(Mem[TF][a-z]*\\): *\\([0-9]*\\) kB$/\\1 \\2/p' "$node/meminfo"
    huge_pages "$node/hugepages"
  done
  return 0
}
interfaces() {
  bounded 10 ip -j -d addr show || return
  printf '\\n'
  for family in 4 6; do
    bounded 10 ip "-$family" route show default 2>/dev/null |
      sed -n 's/.* via \\([0-9a-f.:]*\\) dev \\([^ ]*\\).*/\\2 \\1/p' |
      while read -r device gateway; do
        mac=$(bounded 5 ip neigh show to "$gateway" dev "$device" 2>/dev/null |
          sed -n 's/.*lladdr \\([0-9a-fA-F:]*\\).*/\\1/p')
        printf 'gateway %s %s %s\\n' "$device" "$gateway" "$mac"
      done
  done
  for file in /sys/class/net/*/speed; do
    speed=$(cat "$file" 2>/dev/null) || continue
    name=\${file%/speed}
    printf 'speed %s %s\\n' "\${name##*/}" "$speed"
  done
  return 0
}
ports() {
  for file in /proc/net/tcp /proc/net/tcp6; do
    [ ! -r "$file" ] || sed -n 's/^ *[0-9]*: \\([0-9A-F]*:[0-9A-F]*\\) [0-9A-F]*:[0-9A-F]* 0A .*/\\1/p' "$file"
  done
  return 0
}
conf=/etc/libvirt/qemu.conf
readable_conf() {
  [ -e "$conf" ] || { [ ! -e /etc/libvirt ] || [ -x /etc/libvirt ]; } || { printf '%s: Permission denied\\n' "$conf" >&2; return 1; }
  [ ! -e "$conf" ] || [ -r "$conf" ] || { printf '%s: Permission denied\\n' "$conf" >&2; return 1; }
}
configuration() {
  readable_conf || return
  [ -e "$conf" ] || return 0
  sed -n '/^[[:space:]]*\\(migration_[a-z_]*\\|migrate_tls_[a-z0-9_]*\\|default_tls_x509_[cv][a-z_]*\\|lock_manager\\|user\\)[[:space:]]*=/p
/^[[:space:]]*shared_filesystems[[:space:]]*=/{
:more
/\\]/!{
$!{
N
b more
}
}
p
}' "$conf" | sed '/secret_uuid/d'
}
conf_value() {
  [ ! -e "$conf" ] || sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*[\\"']\\([^\\"']*\\)[\\"'].*/\\1/p" "$conf" | tail -n 1
}
# libvirt takes its migration certificates from the first of these (qemu_conf.c).
certificates() {
  readable_conf || return
  folder=$(conf_value migrate_tls_x509_cert_dir)
  [ -n "$folder" ] || { [ ! -d /etc/pki/libvirt-migrate ] || folder=/etc/pki/libvirt-migrate; }
  [ -n "$folder" ] || folder=$(conf_value default_tls_x509_cert_dir)
  [ -n "$folder" ] || folder=/etc/pki/qemu
  if [ -d "$folder" ] && [ ! -x "$folder" ]; then
    printf '%s: Permission denied\\n' "$folder" >&2
    return 1
  fi
  printf 'folder %s\\n' "$folder"
  for name in ca-cert server-cert client-cert server-key client-key; do
    file=$folder/$name.pem
    if [ ! -e "$file" ]; then printf 'state %s missing\\n' "$name"; continue; fi
    case $name in *-key) printf 'state %s present\\n' "$name"; continue ;; esac
    if [ ! -r "$file" ]; then printf 'state %s unreadable\\n' "$name"; continue; fi
    printf 'state %s present\\n' "$name"
    head -c 262144 "$file" | sed "s/^/pem $name /"
    printf '\\n'
  done
}
tpm() { bounded 5 swtpm socket --print-capabilities; }
`;
