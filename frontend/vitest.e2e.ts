import { defineConfig } from 'vitest/config';
import { here } from './vite.shared.ts';

export default defineConfig({
  resolve: { alias: { $lib: here('./src/lib') } },
  test: {
    include: ['e2e/**/*.e2e.ts'],
    environment: 'node',
    isolate: false, // a worker loads the browser driver once
    testTimeout: 120_000,
    hookTimeout: 60_000,
    setupFiles: 'clock.setup.ts',
    maxWorkers: 3, // flows mostly wait
  },
});
