import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const root = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** The folder of files that pdf.js loads when a PDF needs them. It has the version in its name, because assets are cached forever. */
export const pdfData = `assets/pdfjs-${version}`;

/** Fonts and character maps that PDFs may omit, and decoders of rare images that need no WebAssembly. */
const WANTED = { cmaps: /\.bcmap$/, standard_fonts: /\.(pfb|ttf)$/, iccs: /\.icc$/, wasm: /_nowasm_fallback\.js$/ };

export function withPdfData(): Plugin {
  return {
    name: 'pdf-data',
    apply: 'build',
    generateBundle() {
      for (const [folder, wanted] of Object.entries(WANTED))
        for (const name of readdirSync(join(root, folder)).filter((name) => wanted.test(name))) {
          const source = readFileSync(join(root, folder, name));
          this.emitFile({ type: 'asset', fileName: `${pdfData}/${folder}/${name}`, source });
        }
    },
  };
}
