#!/bin/busybox sh
# The initrd: this machine's files, read-only, under a layer of memory that takes what is written.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done </modules.list
share() { mount -t 9p -o "trans=virtio,version=9p2000.L,msize=262144,$3" "$1" "$2"; }
share host /host ro,cache=loose
mount -t tmpfs tmpfs /writable
mkdir /writable/upper /writable/work
mount -t overlay overlay -o lowerdir=/host,upperdir=/writable/upper,workdir=/writable/work /root
mkdir -p /root/lib/modules /root/proc /root/sys /root/dev /root/run /root/tmp /root/mnt
mount --move /proc /root/proc
mount --move /sys /root/sys
mount --move /dev /root/dev
mkdir -p /root/dev/pts /root/dev/shm
mount -t devpts devpts /root/dev/pts
mount -t tmpfs tmpfs /root/dev/shm
mount -t tmpfs tmpfs /root/run
mount -t tmpfs tmpfs /root/tmp
share modules /root/lib/modules ro,cache=loose
share out /root/mnt rw
# shellcheck disable=SC1091 # written by run.sh
. /root/mnt/settings
exec switch_root /root /bin/bash "$project/device-drivers/virtual-usb/guest/first-process.sh"
