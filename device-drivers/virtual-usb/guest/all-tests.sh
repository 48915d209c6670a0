#!/bin/sh
# `npm run test:usb`, inside the virtual machine.
[ -f /mnt/settings ] || { echo 'only within the virtual machine: npm run test:usb' >&2; exit 2; }
failed=0
stories() {
  node device-drivers/virtual-usb/printer-story.ts "$1" || failed=1
  node node_modules/vitest/vitest.mjs run --config device-drivers/virtual-usb/vitest.config.ts || failed=1
}
node device-drivers/virtual-usb/reader-story.ts || failed=1
stories libusb
# Without the optional package the driver takes the kernel's /dev/usb/lp*.
mount -t tmpfs none node_modules/usb
stories lp
exit "$failed"
