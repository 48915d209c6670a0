import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * One page per entry point. Everything is a file of our own origin: the service's CSP allows no inline script,
 * no inline style and no `data:` font, so nothing may be inlined.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'chrome120',
    rolldownOptions: {
      input: {
        index: `${import.meta.dirname}/index.html`,
        officer: `${import.meta.dirname}/officer/index.html`,
      },
    },
  },
});
