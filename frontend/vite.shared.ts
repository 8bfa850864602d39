import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import type { UserConfig } from 'vite';

export const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The build settings that both pages share; each adds its base. */
export function page(name: 'desktop' | 'review', base: string): UserConfig {
  return {
    root: here(`./src/${name}`),
    base,
    publicDir: false,
    plugins: [svelte({ configFile: here('./svelte.config.js') }), tailwindcss()],
    resolve: { alias: { $lib: here('./src/lib') } },
    build: {
      chunkSizeWarningLimit: 600, // pdf.js, which is loaded for the first PDF
      outDir: here(`./dist/${name}`),
      emptyOutDir: true,
      target: ['chrome111', 'firefox121', 'safari16.4'],
      // The review page's content security policy forbids inline scripts, inline styles and data: scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: true,
    },
  };
}
