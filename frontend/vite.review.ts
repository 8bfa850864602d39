import { defineConfig, mergeConfig } from 'vite';
import { pdfData, withPdfData } from './vite.pdf.ts';
import { page } from './vite.shared.ts';

export default defineConfig(
  mergeConfig(page('review', '/review/'), {
    plugins: [withPdfData()],
    // The server may have a path prefix and writes it into the page. All other files are found relative to their own address.
    experimental: {
      renderBuiltUrl: (_: string, { hostType }: { hostType: string }) =>
        hostType === 'html' ? undefined : { relative: true },
    },
    define: { __PDF_DATA__: JSON.stringify(pdfData) },
  }),
);
