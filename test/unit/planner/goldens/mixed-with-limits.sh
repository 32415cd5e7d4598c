# it's $(reboot); rm -rf x (6649cfac-5ad2-41d0-965b-150bff9305b1): kvm01 -> kvm02
# plan 5a048f6d98cbbc4c3b7f69004d457ea1b70032774654ffb9bed00ee745f34a74
# disk vda: copy /var/lib/libvirt/images/vm.qcow2
# disk vdb: shared /images/data.qcow2
# disk sda: skip /images/tools.iso
# ? libvirt counts bandwidth in whole MiB/s: 500Mbit/s becomes 59MiB/s.
# ? The medium /images/tools.iso in drive sda is on the destination, too; it is not copied.
# ? The interface 52:54:00:12:34:56 finds the segment 10.1.0.0/24 on kvm02; libvirt does not check this.
# - [disk-local-fs] libvirt’s own check is skipped by unsafe: cache=writeback, guest quiesced
# - [disk-cache-unsafe] libvirt’s own check is skipped by unsafe: cache=writeback, guest quiesced
# - [disk-nvme-local] libvirt’s own check is skipped by unsafe: cache=writeback, guest quiesced

# [create-image-vda @ kvm02] Disk vda is copied into /var/lib/libvirt/images/vm.qcow2, and kvm02 has no such image.
# Creates /var/lib/libvirt/images/vm.qcow2 (qcow2, 21474836480 bytes) on kvm02; it fails when anything has that name.
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
' livemigrate-create /var/lib/libvirt/images/vm.qcow2 qcow2 21474836480
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
# ' livemigrate-remove /var/lib/libvirt/images/vm.qcow2

# [max-downtime @ kvm01] QEMU may pause it's $(reboot); rm -rf x for at most 500 ms at the end.
# Sets the downtime limit of the running QEMU; virsh migrate keeps it.
virsh -c qemu:///system migrate-setmaxdowntime --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --downtime 500
# undo: virsh -c qemu:///system migrate-setmaxdowntime --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --downtime 300

# [launch @ kvm01] Moves it's $(reboot); rm -rf x from kvm01 to kvm02 while it runs.
# Disks vda and memory are copied to kvm02; the guest then runs there.
# 1800 s: virsh -c qemu:///system domjobabort --domain 6649cfac-5ad2-41d0-965b-150bff9305b1
virsh -c qemu:///system migrate --live --p2p --persistent --undefinesource --copy-storage-all --migrate-disks vda --bandwidth 59 --auto-converge --auto-converge-initial 30 --auto-converge-increment 10 --unsafe --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --desturi qemu+ssh://root@kvm02/system
# cancel: virsh -c qemu:///system domjobabort --domain 6649cfac-5ad2-41d0-965b-150bff9305b1

# [prove-destination @ kvm02] Proves that it's $(reboot); rm -rf x runs on kvm02.
# Nothing changes.
virsh -c qemu:///system domstate --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --reason

# [prove-source @ kvm01] Proves that it's $(reboot); rm -rf x no longer runs on kvm01.
# Nothing changes.
virsh -c qemu:///system domstate --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --reason

# [prove-statistics @ kvm02] Reads the measured time and pause.
# Nothing changes.
virsh -c qemu:///system domjobinfo --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --completed --keep-completed --rawstats

# [prove-guest-agent @ kvm02] Asks the guest agent of it's $(reboot); rm -rf x, which answered before.
# Nothing changes.
virsh -c qemu:///system qemu-agent-command --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --cmd '{"execute":"guest-ping"}' --timeout 10
