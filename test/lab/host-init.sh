#!/bin/sh
# First program of a lab host, in its own network, mount, UTS, PID and IPC namespaces: builds the host's file tree, makes
# it the root and hands over to a real init.
# Arguments: userland, host's state folder, shared folder, trust folder, guest kit, host name.
set -eu
userland=$1 host=$2 shared=$3 trust=$4 kit=$5 name=$6

# /proc is still the machine's, so this is our number as the machine sees it.
read -r pid rest </proc/self/stat
echo "$pid" >"$host/init.pid.new"
mv "$host/init.pid.new" "$host/init.pid"

hostname "$name"
mount --make-rprivate /

root=$host/root
layer=$host/layer
mkdir -p "$root" "$layer"
overlay() {
  mkdir -p "$layer/upper" "$layer/work" &&
    mount -t overlay overlay -o "lowerdir=$userland,upperdir=$layer/upper,workdir=$layer/work" "$root"
}
# A state folder that is itself on an overlay (a container) cannot hold an upper layer; memory can.
if ! overlay; then
  echo "the state folder takes no overlay: using memory"
  mount -t tmpfs -o mode=755 lab "$layer"
  overlay
fi

cp -a "$host/seed/." "$root/"
chown -R 0:0 "$root/etc/ssh" "$root/root"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 cgroup "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"

# A /dev of its own, without /dev/kvm: in a virtual machine KVM may open and then hang every guest; and as long as the
# node exists, even as a copy of /dev/null, libvirt believes that KVM is usable and probes every emulator again at every
# migration.
mount -t tmpfs -o mode=755 dev "$root/dev"
mkdir "$root/dev/net" "$root/dev/pts" "$root/dev/shm"
node() {
  if [ -c "/dev/$1" ]; then
    : >"$root/dev/$1"
    mount --bind "/dev/$1" "$root/dev/$1"
  else
    mknod -m 666 "$root/dev/$1" c "$2" "$3"
  fi
}
node null 1 3
node zero 1 5
node full 1 7
node random 1 8
node urandom 1 9
node tty 5 0
node net/tun 10 200
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"

mkdir -p "$root/var/lib/libvirt/images" "$root/var/log/guests" "$root/srv/shared" "$root/srv/lab" "$root/etc/lab"
mount --bind "$host/images" "$root/var/lib/libvirt/images"
mount --bind "$host/serial" "$root/var/log/guests"
mount --bind "$shared" "$root/srv/shared"
mount --bind "$trust" "$root/etc/lab"
mount -o remount,bind,ro "$root/etc/lab"
mount --bind "$kit" "$root/srv/lab"
mount -o remount,bind,ro "$root/srv/lab"

mkdir -p "$root/.machine"
cd "$root"
pivot_root . .machine
cd /
umount -l /.machine
rmdir /.machine

# tini reaps: QEMU's daemons are orphans, and with a shell as init every `virsh destroy` waits 3 s for a zombie.
exec /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  /usr/bin/tini -s -- /bin/sh /usr/local/sbin/lab-boot
