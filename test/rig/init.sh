#!/bin/busybox sh
# The first program of the emulated machine: brings this machine's files in, read-only below a layer in memory, loads what the
# tests need, and runs the command that the host has left in the shared folder.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
echo 'RIG init'
for each in $(cat /etc/boot-modules); do modprobe "$each" || echo "RIG no module $each"; done

mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=512000 host /lower
mount -t tmpfs tmpfs /upper
mkdir /upper/changed /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/changed,workdir=/upper/work overlay /new

for each in $(cat /etc/device-modules); do modprobe "$each" || echo "RIG no module $each"; done
mount -t proc proc /new/proc
mount -t sysfs sysfs /new/sys
mount -t configfs configfs /new/sys/kernel/config
mount -t tmpfs tmpfs /new/run
mkdir -p /new/lib/modules /new/run/rig
mount -o bind /lib/modules /new/lib/modules
mount -t 9p -o trans=virtio,version=9p2000.L,cache=none,msize=512000 out /new/run/rig
mount --move /dev /new/dev
mkdir -p /new/dev/pts /new/dev/shm
mount -t devpts devpts /new/dev/pts
mount -t tmpfs tmpfs /new/dev/shm
ifconfig lo 127.0.0.1 up

chroot /new /bin/sh /run/rig/command.sh
echo "RIG_EXIT=$?"
poweroff -f
