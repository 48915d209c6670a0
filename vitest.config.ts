import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Tests start real processes (Chromium, scanimage, OCR workers); two cores carry two files at a time.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is polled for happens in other processes, on a machine that may be busy.
    expect: { poll: { timeout: 20_000 } },
  },
});
