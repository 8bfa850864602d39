import { PDFDataRangeTransport } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** How often a range is requested before it counts as lost, and the delay after the first failure. */
const TRIES = 4;
const PAUSE = 500;

/** Ranges loads the ranges of a file that pdf.js requests, up to a limit. */
export class Ranges extends PDFDataRangeTransport {
  /** The limit of requested bytes in total. */
  most: number;
  #url: string;
  #asked = 0;
  #ending = new AbortController();
  #onstop: (trouble: 'huge' | 'failed') => void;

  constructor(url: string, size: number, most: number, onstop: (trouble: 'huge' | 'failed') => void) {
    super(size, null);
    this.#url = url;
    this.most = most;
    this.#onstop = onstop;
  }

  override requestDataRange(begin: number, end: number): void {
    this.#asked += end - begin;
    if (this.#asked > this.most) return this.#stop('huge');
    void this.#load(begin, end);
  }

  override abort(): void {
    this.#ending.abort();
  }

  async #load(begin: number, end: number): Promise<void> {
    const { signal } = this.#ending;
    for (let tries = 1; !signal.aborted; tries++) {
      try {
        const response = await fetch(this.#url, { headers: { Range: `bytes=${begin}-${end - 1}` }, signal });
        // Any other answer is the whole file or an error.
        if (response.status === 206) {
          this.onDataRange(begin, new Uint8Array(await response.arrayBuffer()));
          return;
        }
        void response.body?.cancel();
      } catch {
        // Retried, unless the load was ended.
      }
      if (signal.aborted) return;
      if (tries === TRIES) return this.#stop('failed');
      await new Promise((resolve) => setTimeout(resolve, PAUSE * tries));
    }
  }

  #stop(trouble: 'huge' | 'failed'): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#onstop(trouble);
  }
}
