interface Size {
  width: number;
  height: number;
}

/** The sources of a picture. */
export interface Sources {
  /** The server's rendition, no larger than a screen; '' if the file is small enough. */
  rendition: string;
  /** The file itself; '' if browsers cannot show its type. */
  original: string;
  /** Whether the browser must load the file from its own address: a drawing, which needs the server's headers. */
  direct: boolean;
}

/** away: it did not load; kind: this browser cannot show it. */
export type Trouble = '' | 'away' | 'kind';

/** Picture loads an image in steps: first the server's rendition, then the file on request. */
export class Picture {
  readonly #from: Sources;
  #src = $state('');
  #size = $state.raw<Size>();
  #trouble = $state<Trouble>('');
  #whole = $state(false);
  #arrived = $state<number>();
  #refused = $state<Trouble>('');
  #loading = new AbortController();

  constructor(from: Sources) {
    this.#from = from;
  }

  /** The address for an img element; '' until the first step has loaded. */
  get src(): string {
    return this.#src;
  }

  /** The size of the original; undefined if only the image element knows it. */
  get size(): Size | undefined {
    return this.#size;
  }

  /** The reason why no image is shown. */
  get trouble(): Trouble {
    return this.#trouble;
  }

  /** Whether the original is shown. */
  get whole(): boolean {
    return this.#whole;
  }

  /** The loaded bytes of the original; undefined unless it loads while a rendition is shown. */
  get arrived(): number | undefined {
    return this.#arrived;
  }

  /** The reason why the original does not replace the rendition. */
  get refused(): Trouble {
    return this.#refused;
  }

  /** Whether the original can be requested. */
  get more(): boolean {
    return this.#src !== '' && !this.#whole && this.#arrived === undefined && this.#from.original !== '';
  }

  /** Loads the first step. */
  async load(): Promise<void> {
    this.#trouble = '';
    const signal = this.#begin();
    try {
      if (this.#from.rendition !== '' && (await this.#rendition(signal))) return;
      if (this.#from.original === '') this.#trouble = 'kind';
      else this.#show(await this.#file(signal, () => {}), true);
    } catch {
      if (!signal.aborted) this.#trouble = 'away';
    }
  }

  /** Loads the original to replace the rendition. */
  async loadOriginal(): Promise<void> {
    if (!this.more) return;
    const signal = this.#begin();
    this.#refused = '';
    this.#arrived = 0;
    try {
      const src = await this.#file(signal, (bytes) => (this.#arrived = bytes));
      if (!(await shows(src))) {
        release(src);
        this.#refused = 'kind';
      } else if (!signal.aborted) this.#show(src, true);
    } catch {
      if (!signal.aborted) this.#refused = 'away';
    } finally {
      if (!signal.aborted) this.#arrived = undefined;
    }
  }

  /** Keeps the rendition. */
  stopOriginal(): void {
    this.#begin();
    this.#arrived = undefined;
  }

  /** Handles a loaded image that this browser cannot show. */
  fail(): void {
    this.#trouble = 'kind';
  }

  close(): void {
    this.#loading.abort();
    release(this.#src);
  }

  async #rendition(signal: AbortSignal): Promise<boolean> {
    const response = await get(this.#from.rendition, signal);
    if (response.status === 204) return false;
    const [, width, height] = /^(\d+)x(\d+)$/.exec(response.headers.get('Handover-Original-Size') ?? '') ?? [];
    const src = URL.createObjectURL(await response.blob());
    if (width && height) this.#size = { width: Number(width), height: Number(height) };
    this.#show(src, false);
    return true;
  }

  async #file(signal: AbortSignal, arrived: (bytes: number) => void): Promise<string> {
    const response = await get(this.#from.original, signal);
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, out) => {
        bytes += chunk.length;
        arrived(bytes);
        out.enqueue(chunk);
      },
    });
    let bytes = 0;
    const type = response.headers.get('Content-Type') ?? '';
    const blob = await new Response(response.body?.pipeThrough(counted), { headers: { 'Content-Type': type } }).blob();
    return this.#from.direct ? this.#from.original : URL.createObjectURL(blob);
  }

  #begin(): AbortSignal {
    this.#loading.abort();
    this.#loading = new AbortController();
    return this.#loading.signal;
  }

  #show(src: string, whole: boolean): void {
    release(this.#src);
    this.#src = src;
    this.#whole = whole;
  }
}

async function get(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

/** Whether the browser can show the loaded data. */
async function shows(src: string): Promise<boolean> {
  const probe = new Image();
  probe.src = src;
  return probe.decode().then(
    () => true,
    () => false,
  );
}

function release(src: string): void {
  if (src.startsWith('blob:')) URL.revokeObjectURL(src);
}
