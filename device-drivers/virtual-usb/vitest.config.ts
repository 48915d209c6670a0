import { defineConfig } from 'vitest/config';

// Only within the virtual machine, whose software emulation is slow.
export default defineConfig({
  test: { root: import.meta.dirname, include: ['*.usb.ts'], testTimeout: 120_000, fileParallelism: false },
});
