// pdf.js, behind a small interface. Only this module and the preview of PDFs
// import it, and they are loaded for the first PDF.
import {
  getDocument,
  GlobalWorkerOptions,
  TextLayer,
  type PDFPageProxy,
  type RenderTask,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import { serverRoot } from '$lib/api/root';
import { Ranges } from './ranges';
import worker from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url';

declare const __PDF_DATA__: string;
const DATA = `${serverRoot(location.pathname)}/review/${__PDF_DATA__}`;

/** Why a PDF is not shown. */
export type Trouble = 'locked' | 'broken' | 'huge' | 'failed';

/** Larger PDFs are offered only as a download, because pdf.js allocates their whole size. */
const LARGEST = 1_000_000_000;
/** How much may be loaded before the first page. Only a PDF with a damaged index needs more. */
const MOST_FOR_INDEX = 96_000_000;
/** The maximum number of pixels of a page: the limit of every browser's canvas. */
const MOST_PIXELS = 16_000_000;
/** The maximum number of selectable pieces of text on a page; a dense page has some hundreds. */
const MOST_TEXTS = 5_000;

const OPTIONS = {
  rangeChunkSize: 256 * 1024,
  disableStream: true,
  disableAutoFetch: true,
  enableXfa: false,
  // The page's policy forbids WebAssembly; pdf.js then uses slower decoders.
  useWasm: false,
  maxImageSize: 100_000_000, // pixels
  cMapUrl: `${DATA}/cmaps/`,
  standardFontDataUrl: `${DATA}/standard_fonts/`,
  iccUrl: `${DATA}/iccs/`,
  wasmUrl: `${DATA}/wasm/`,
  verbosity: 0,
};

export class PdfTrouble extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble);
  }
}

export interface Pdf {
  pages: number;
  page(n: number): Promise<PDFPageProxy>;
  close(): void;
}

/**
 * Opens a PDF of a size in bytes. The caller closes it. onlost is called when no
 * more of the file can be loaded. Scripts in the PDF never run: that needs a
 * part of pdf.js that is not included. Only data for shown pages is loaded.
 * Every rejection is a PdfTrouble.
 */
export async function openPdf(url: string, size: number, onlost: (trouble: Trouble) => void): Promise<Pdf> {
  if (size > LARGEST) throw new PdfTrouble('huge');
  GlobalWorkerOptions.workerSrc = worker;
  let opened = false;
  let stop: (trouble: Trouble) => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = (trouble) => (opened ? onlost(trouble) : reject(new PdfTrouble(trouble)));
  });
  const range = new Ranges(url, size, MOST_FOR_INDEX, stop);
  const task = getDocument({ ...OPTIONS, range });
  task.onPassword = () => stop('locked');
  const close = () => {
    range.abort();
    void task.destroy();
  };
  try {
    const pdf = await Promise.race([task.promise, stopped]);
    opened = true;
    range.most = Infinity;
    return { pages: pdf.numPages, page: (n) => pdf.getPage(n), close };
  } catch (thrown) {
    close();
    throw thrown instanceof PdfTrouble ? thrown : new PdfTrouble(troubleOf(thrown));
  }
}

function troubleOf(thrown: unknown): Trouble {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'PasswordException') return 'locked';
  return name === 'InvalidPDFException' || name === 'FormatError' ? 'broken' : 'failed';
}

export interface Drawing {
  /** Resolves when the page is drawn; rejects if it was cancelled or the page is damaged. */
  done: Promise<void>;
  canvas: HTMLCanvasElement;
  /** The page's text, for screen readers and selection. */
  text: HTMLElement;
  cancel(): void;
}

/** Draws a page; scale is CSS pixels per point. */
export function draw(page: PDFPageProxy, scale: number): Drawing {
  const viewport = page.getViewport({ scale });
  const area = viewport.width * viewport.height;
  const density = Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / area));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.floor(viewport.width * density));
  canvas.height = Math.max(1, Math.floor(viewport.height * density));
  const text = document.createElement('div');
  const task: RenderTask = page.render({
    canvas,
    viewport,
    transform: density === 1 ? undefined : [density, 0, 0, density, 0, 0],
  });
  let layer: TextLayer | undefined;
  let cancelled = false;
  async function write() {
    const content = await page.getTextContent();
    if (cancelled) return;
    content.items = content.items.slice(0, MOST_TEXTS);
    layer = new TextLayer({ textContentSource: content, container: text, viewport });
    await layer.render();
  }
  return {
    // A page whose text cannot be read is still shown.
    done: Promise.all([task.promise, write().catch(() => {})]).then(() => {}),
    canvas,
    text,
    cancel: () => {
      cancelled = true;
      task.cancel();
      layer?.cancel();
    },
  };
}
