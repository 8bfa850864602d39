interface Size {
  width: number;
  height: number;
}

/** Where a picture comes from. */
export interface Sources {
  /** Made by the server, no larger than a screen; '' when there is no need for it. */
  rendition: string;
  /** The file itself; '' when no browser shows its kind. */
  original: string;
  /** Whether the browser shows the file by its own address: a drawing, which must stay what the server says it is. */
  direct: boolean;
}

/** away: it did not arrive; kind: there is nothing that this browser can show. */
export type Trouble = '' | 'away' | 'kind';

/** Picture loads an image in steps: first the server's rendition, then, when it is asked for, the file. */
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

  /** What an img shows; '' until something has arrived. */
  get src(): string {
    return this.#src;
  }

  /** The size of the original; undefined while only the picture itself knows it. */
  get size(): Size | undefined {
    return this.#size;
  }

  /** Why nothing is shown. */
  get trouble(): Trouble {
    return this.#trouble;
  }

  /** Whether the original is shown. */
  get whole(): boolean {
    return this.#whole;
  }

  /** How many bytes of the original have arrived; undefined while it is not loading beside a rendition. */
  get arrived(): number | undefined {
    return this.#arrived;
  }

  /** Why the original is not shown in place of the rendition. */
  get refused(): Trouble {
    return this.#refused;
  }

  /** Whether the original can be asked for. */
  get more(): boolean {
    return this.#src !== '' && !this.#whole && this.#arrived === undefined && this.#from.original !== '';
  }

  /** Loads what is shown first. */
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

  /** Loads the original in place of the rendition. */
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

  /** Goes on with the rendition. */
  stopOriginal(): void {
    this.#begin();
    this.#arrived = undefined;
  }

  /** What has arrived is no picture that this browser can show. */
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

/** Whether the browser can show what has arrived. */
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
