#!/bin/sh
# prepare.sh FOLDER: Debian's stock kernel and an initrd that mounts this machine's root file system, in FOLDER. The
# kernel is a Debian package, downloaded and unpacked once, never installed.
set -eu
mkdir -p "$1"
folder=$(CDPATH='' cd -- "$1" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
cd "$folder"

# What is complete has its name; what was broken off is begun anew.
if [ ! -d kernel ]; then
  package=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image-/ { print $2; exit }')
  [ -n "$package" ] || { echo 'virtual-usb: apt knows no linux-image-amd64 (apt-get update?)' >&2; exit 1; }
  echo "virtual-usb: downloading $package" >&2
  rm -rf download unpacked
  mkdir download
  (cd download && timeout 300 apt-get download -q "$package" >/dev/null)
  dpkg-deb -x download/*.deb unpacked
  echo "${package#linux-image-}" >unpacked/version
  # Debian 13 has them under /usr.
  [ -d unpacked/lib/modules ] || mv unpacked/usr/lib unpacked/
  depmod -b "$folder/unpacked" "$(cat unpacked/version)"
  rm -rf download
  mv unpacked kernel
fi
version=$(cat kernel/version)

rm -rf initrd
mkdir -p initrd/bin initrd/proc initrd/sys initrd/dev initrd/modules initrd/root initrd/host initrd/writable
cp "$(command -v busybox)" initrd/bin/
for module in virtio_pci 9pnet_virtio 9p overlay; do
  modprobe -d "$folder/kernel" -S "$version" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
done | awk '!seen[$0]++' | while read -r file; do
  cp "$file" initrd/modules/
  basename "$file" >>initrd/modules.list
done
cp "$here/guest/init.sh" initrd/init
chmod +x initrd/init
(cd initrd && find . | cpio -o -H newc --quiet | gzip -1) >initrd.gz
rm -rf initrd
