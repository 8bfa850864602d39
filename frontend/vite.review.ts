import { defineConfig, mergeConfig } from 'vite';
import { pdfData, withPdfData } from './vite.pdf.ts';
import { page } from './vite.shared.ts';

const base = '/review/';

export default defineConfig(
  mergeConfig(page('review', base), {
    plugins: [withPdfData()],
    define: { __PDF_DATA__: JSON.stringify(base + pdfData) },
  }),
);
