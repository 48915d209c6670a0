#!/bin/sh
# run.sh COMMAND: runs it in a virtual machine that has USB devices, in this very project folder, shows what it printed
# and ends with its exit status. Whatever happens, it ends within the time limit.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
project=$(CDPATH='' cd -- "$here/../.." && pwd)
folder=$project/.cache/virtual-usb
limit=${VIRTUAL_USB_SECONDS:-1800}

mkdir -p "$folder"
# Two runs at once would share the machine's files.
exec 9>"$folder/lock"
flock -w 60 9 || { echo 'virtual-usb: another run has not ended' >&2; exit 1; }
sh "$here/prepare.sh" "$folder"

rm -rf "$folder/out"
mkdir "$folder/out"
quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }
cat >"$folder/out/settings" <<SETTINGS
project=$(quoted "$project")
command=$(quoted "$1")
seconds=$((limit - 60))
SETTINGS

cd "$folder"
# The first serial line is the kernel's, the second the command's. No network, no disk; the host's files are read-only.
share() { echo "-fsdev local,id=$1,path=$2,security_model=none,$3 -device virtio-9p-pci,fsdev=$1,mount_tag=$1"; }
# shellcheck disable=SC2046 # lists of words
timeout --kill-after=5 "$limit" qemu-system-x86_64 \
  -machine q35 -accel tcg,thread=multi -cpu max -smp 2 -m 2048 -display none -nodefaults -no-reboot -monitor none \
  -serial "file:console.log" -serial stdio \
  -kernel "kernel/boot/vmlinuz-$(cat kernel/version)" -initrd initrd.gz \
  -append 'console=ttyS0 panic=-1 mitigations=off random.trust_cpu=on' \
  $(share host / readonly=on,multidevs=remap) \
  $(share modules kernel/lib/modules readonly=on) \
  $(share out out readonly=off) </dev/null ||
  echo "virtual-usb: the machine was stopped (time limit $limit s); its kernel's words are in $folder/console.log" >&2
[ -f "$folder/out/status" ] || { echo 'virtual-usb: it did not come to its end' >&2; tail -n 20 "$folder/console.log" >&2; }
status=$(cat "$folder/out/status" 2>/dev/null || echo 1)
[ "$status" = 0 ] || exit 1
