import { PDFDataRangeTransport } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** How often a range is asked for before it counts as lost, and how long after the first failure. */
const TRIES = 4;
const PAUSE = 500;

/** Ranges loads what pdf.js asks for of a file, and no more than it may. */
export class Ranges extends PDFDataRangeTransport {
  /** How many bytes may be asked for in all. */
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
        // Anything else than the range would be the whole file, or a refusal.
        if (response.status === 206) {
          this.onDataRange(begin, new Uint8Array(await response.arrayBuffer()));
          return;
        }
        void response.body?.cancel();
      } catch {
        // Tried again, unless it was ended.
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
