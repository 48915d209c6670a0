#!/bin/bash
# The guest's first process: starts what a machine with USB has, runs the command of run.sh, leaves its exit status
# behind and switches the machine off.
. /mnt/settings # project, command, seconds
export PATH=$project/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
ln -sfn /proc/self/fd /dev/fd
stty -F /dev/ttyS1 -opost
exec >/dev/ttyS1 2>&1 </dev/null

busybox ip link set lo up
# Four ports: a device of one test never waits for another's to be gone.
modprobe dummy_hcd num=4
modprobe -a libcomposite usb_f_printer usblp usb_f_hid usbhid hid_generic usb_f_acm cdc_acm
mount -t configfs none /sys/kernel/config
mkdir -p /run/udev
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add
udevadm settle -t 30

cd "$project" || true
# Through a pipe: on a terminal vitest would paint its report again and again.
timeout --kill-after=5 "$seconds" bash -c "$command" 2>&1 | cat
echo "${PIPESTATUS[0]}" >/mnt/status
sync
echo o >/proc/sysrq-trigger
# The first process must not end before the machine is off.
while :; do read -r -t 5 _ </dev/ttyS0 || true; done
