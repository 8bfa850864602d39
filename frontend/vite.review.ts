import { defineConfig, mergeConfig } from 'vite';
import { pdfData, withPdfData } from './vite.pdf.ts';
import { page } from './vite.shared.ts';

export default defineConfig(
  mergeConfig(page('review', '/review/'), {
    plugins: [withPdfData()],
    // The server may be below a path. It puts that into the page; everything else is found from where it is itself.
    experimental: {
      renderBuiltUrl: (_: string, { hostType }: { hostType: string }) =>
        hostType === 'html' ? undefined : { relative: true },
    },
    define: { __PDF_DATA__: JSON.stringify(pdfData) },
  }),
);
