# web01 (6649cfac-5ad2-41d0-965b-150bff9305b1): kvm01 -> kvm02
# plan f5b70d38ceb914a78e54a0b09eca6a2f3aad9b1a4b10d39e44d84473654ce765
# disk vda: shared /images/vm.qcow2
# ? Mode auto takes disk vda as shared: both hosts reach the same image.

# [launch @ kvm01] Moves web01 from kvm01 to kvm02 while it runs.
# Memory is copied to kvm02; the guest then runs there.
virsh -c qemu:///system migrate --live --p2p --persistent --undefinesource --migrateuri tcp://10.9.0.2 --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --desturi qemu+ssh://root@kvm02/system
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
