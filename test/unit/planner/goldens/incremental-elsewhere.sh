# web01 (6649cfac-5ad2-41d0-965b-150bff9305b1): kvm01 -> kvm02
# plan 31c1a29ae4b71061148c817140d8106c8e8e4a66202e9ddf65819bdb89964f8e
# disk vda: copy /var/lib/libvirt/images/vm.qcow2
# ? The run can be switched to post-copy by hand; until then it is pre-copy.
# ? After the switch to post-copy the memory is on two hosts: the run cannot be cancelled, and when a host or the link between them fails for good, the guest is lost.
# ? Memory and disks travel encrypted. The connection between the libvirt daemons is as safe as its own URI.
# ? The destination asks for the source’s certificate (migrate_tls_x509_verify in qemu.conf).

# [hash-base-vda-1 @ kvm01] Reads /base.qcow2, on which disk vda lies, on kvm01.
# Nothing changes.
sh -c 'set -eu
sum=$(nice sha256sum <"$1")
printf "%s\n" "${sum%% *}"' livemigrate-hash /base.qcow2

# [compare-base-vda-1 @ kvm02] Reads /base.qcow2 on kvm02 and compares: its content must be equal.
# Nothing changes.
# <hash-base-vda-1
sh -c 'set -eu
IFS= read -r wanted
case $wanted in '\'''\''|*[!0-9a-f]*) echo '\''there is no checksum to compare with'\'' >&2; exit 64 ;; esac
sum=$(nice sha256sum <"$1")
[ "${sum%% *}" = "$wanted" ] || { echo "$1 is not the same file on both hosts: its SHA-256 differs" >&2; exit 65; }
' livemigrate-compare /base.qcow2

# [create-image-vda @ kvm02] Disk vda is copied into /elsewhere/vm.qcow2, and kvm02 has no such image.
# Creates /elsewhere/vm.qcow2 (qcow2, 21474836480 bytes) over /base.qcow2 on kvm02; it fails when anything has that name.
sh -c 'set -u
umask 077
path=$1 format=$2 size=$3
shift 3
taken() { echo "$path exists already; an existing file is never overwritten" >&2; exit 73; }
case $path in /*) ;; *) echo "$path is not an absolute path" >&2; exit 64 ;; esac
[ -e "$path" ] || [ -L "$path" ] && taken
directory=${path%/*}/
[ -d "$directory" ] || { echo "there is no directory $directory" >&2; exit 72; }
made=$(mktemp "$directory.livemigrate.XXXXXXXXXX") || exit 73
trap '\''rm -f -- "$made"'\'' EXIT
trap '\''exit 75'\'' HUP INT TERM
qemu-img create -q -f "$format" "$@" -- "$made" "$size" >&2 || exit 74
ln -- "$made" "$path" 2>/dev/null || {
  [ -e "$path" ] || [ -L "$path" ] && taken
  echo "$path cannot be linked into place: the file system may know no hard links" >&2
  exit 73
}
made_identity=$(stat -c '\''%d:%i:%W'\'' -- "$made") || exit 74
identity=$(stat -c '\''%d:%i:%W'\'' -- "$path") || exit 74
[ "$identity" = "$made_identity" ] || taken
printf '\''%s\n'\'' "$identity"
' livemigrate-create /elsewhere/vm.qcow2 qcow2 21474836480 -b /base.qcow2 -F qcow2
# undo: sh -c 'set -u
# path=$1
# IFS= read -r identity || exit 64
# [ -n "$identity" ] || exit 64
# if [ ! -e "$path" ] && [ ! -L "$path" ]; then echo gone; exit 0; fi
# if [ -L "$path" ] || [ "$(stat -c '\''%d:%i:%W'\'' -- "$path")" != "$identity" ]; then
#   echo "$path is not the file that this run created; it stays" >&2
#   exit 73
# fi
# said=$(qemu-img info -- "$path" 2>&1) || case $said in
#   *lock*) echo "$path is in use; it stays" >&2; exit 75 ;;
# esac
# rm -- "$path" && echo removed
# ' livemigrate-remove /elsewhere/vm.qcow2

# [parameters @ kvm01] QEMU gets the raw parameters of the file for web01: max-postcopy-bandwidth=209715200.
# Sets parameters of the running QEMU, which libvirt leaves alone; it marks the domain as tainted (custom-monitor).
sh -c 'set -eu
ask() {
  answer=$(virsh -c qemu:///system qemu-monitor-command --domain "$1" --cmd "$2")
  case $answer in *'\''"return":'\''*) ;; *) printf '\''%s\n'\'' "$answer" >&2; exit 65 ;; esac
}

uuid=$1 wanted=$2
shift 2
ask "$uuid" '\''{"execute":"query-migrate-parameters"}'\''
former=
for name in "$@"; do
  value=$(printf '\''%s\n'\'' "$answer" | sed -n "s/.*\"$name\":\(\"[^\"]*\"\|[^,}]*\).*/\1/p")
  [ -n "$value" ] || { echo "this QEMU has no migration parameter $name" >&2; exit 65; }
  former="$former${former:+,}\"$name\":$value"
done
ask "$uuid" "$wanted"
printf '\''{"execute":"migrate-set-parameters","arguments":{%s}}\n'\'' "$former"
' livemigrate-parameters 6649cfac-5ad2-41d0-965b-150bff9305b1 '{"execute":"migrate-set-parameters","arguments":{"max-postcopy-bandwidth":209715200}}' max-postcopy-bandwidth
# undo: sh -c 'set -eu
# ask() {
#   answer=$(virsh -c qemu:///system qemu-monitor-command --domain "$1" --cmd "$2")
#   case $answer in *'\''"return":'\''*) ;; *) printf '\''%s\n'\'' "$answer" >&2; exit 65 ;; esac
# }
#
# IFS= read -r former
# ask "$1" "$former"
# ' livemigrate-restore 6649cfac-5ad2-41d0-965b-150bff9305b1

# [pin-migration-threads @ kvm01] The migration threads of web01 run on the CPUs 2-3.
# Pins the threads of the running QEMU that are no vCPUs; the destination does not get the pin.
virsh -c qemu:///system emulatorpin --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --cpulist 2-3 --live
# undo: virsh -c qemu:///system emulatorpin --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --cpulist r --live

# [launch @ kvm01] Moves web01 from kvm01 to kvm02 while it runs.
# Disks vda and memory are copied to kvm02; the guest then runs there.
# destination.xml: virsh -c qemu:///system dumpxml --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --migratable
# destination-persistent.xml: virsh -c qemu:///system dumpxml --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --migratable --inactive
# vda: /var/lib/libvirt/images/vm.qcow2 -> /elsewhere/vm.qcow2 (file)
virsh -c qemu:///system migrate --live --p2p --persistent --undefinesource --copy-storage-inc --migrate-disks vda --xml destination.xml --persistent-xml destination-persistent.xml --parallel --parallel-connections 4 --compressed --comp-methods zstd --comp-zstd-level 3 --postcopy --tls --tls-destination kvm02.example.com --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --desturi qemu+ssh://root@kvm02/system
# cancel: virsh -c qemu:///system domjobabort --domain 6649cfac-5ad2-41d0-965b-150bff9305b1

# [prove-destination @ kvm02] Proves that web01 runs on kvm02.
# Nothing changes.
virsh -c qemu:///system domstate --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --reason

# [prove-source @ kvm01] Proves that web01 no longer runs on kvm01.
# Nothing changes.
virsh -c qemu:///system domstate --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --reason

# [prove-statistics @ kvm02] Reads the measured time and pause.
# Nothing changes.
virsh -c qemu:///system domjobinfo --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --completed --keep-completed --rawstats
