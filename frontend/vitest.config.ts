import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { here } from './vite.shared.ts';

export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { $lib: here('./src/lib') }, conditions: ['browser'] },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    isolate: false,
    setupFiles: ['clock.setup.ts', 'unit.setup.ts'],
  },
});
