import { pause } from './retry';

/** Listener receives the events of a stream and the state of its connection. */
export interface Listener {
  /** Something happened, or may have happened during a gap. */
  happened(): void;
  /** The drafts of comments have changed. */
  commented(): void;
  /** The stream has been silent for too long, since that time in milliseconds. */
  lost(heard: number): void;
  /** The stream works again. */
  found(): void;
}

/** The interval of heartbeats that the page asks for, in seconds. */
const HEARTBEAT = 2;
/** After this many milliseconds the end of a stream counts as a new failure. */
const LIVED = 10_000;

/**
 * Live follows a stream of server-sent events and reconnects after broken connections,
 * answers from proxies and sleep of the computer. The browser's EventSource
 * gives up on the first answer that is not 200, and it hides the heartbeats
 * that distinguish a silent stream from a dead one.
 */
export class Live {
  #url: string;
  #listener: Listener;
  #ended = false;
  #attempt = new AbortController();
  #wake: () => void = () => {};
  /** Whether to make the next attempt at once. */
  #hurried = false;
  /** The time of the last event or heartbeat. */
  #heard = Date.now();
  /** The same, or the start of an attempt that has received nothing yet. */
  #since = Date.now();
  #lost = false;
  #beat = HEARTBEAT * 1_000;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #dead: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, listener: Listener) {
    this.#url = `${url}&heartbeat=${HEARTBEAT}`;
    this.#listener = listener;
  }

  /** Follows until the returned function is called. */
  start(): () => void {
    addEventListener('online', this.#look);
    addEventListener('pageshow', this.#look);
    document.addEventListener('visibilitychange', this.#look);
    void this.#run();
    return () => {
      this.#ended = true;
      removeEventListener('online', this.#look);
      removeEventListener('pageshow', this.#look);
      document.removeEventListener('visibilitychange', this.#look);
      this.#attempt.abort();
      this.#wake();
    };
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#ended; failures++) {
      const began = Date.now();
      await this.#follow();
      clearTimeout(this.#quiet);
      clearTimeout(this.#dead);
      if (this.#ended) return;
      this.#lose();
      if (Date.now() - began > LIVED) failures = 0;
      if (!this.#hurried) await this.#rest(pause(failures));
      this.#hurried = false;
    }
  }

  /** Connects once and reads until the stream ends for any reason. */
  async #follow(): Promise<void> {
    this.#attempt = new AbortController();
    this.#beat = HEARTBEAT * 1_000;
    this.#watch();
    try {
      const response = await fetch(this.#url, { signal: this.#attempt.signal, cache: 'no-store' });
      const kind = response.headers.get('Content-Type') ?? '';
      if (response.ok && kind.startsWith('text/event-stream') && response.body) return await this.#read(response.body);
      // The request for the order shows whether the link has ended.
      if (kind.startsWith('application/problem+json')) this.#listener.happened();
      await response.body?.cancel();
    } catch {
      // Retried.
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.#ended) return;
      this.#watch();
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
      this.#find();
    }
  }

  /** Handles one event, or a heartbeat, which is a comment. */
  #take(block: string): void {
    const lines = block.split('\n');
    const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
    if (data === undefined) return;
    if (lines.includes('event: comments')) return this.#listener.commented();
    if (lines.includes('event: ready')) {
      this.#beat = beatOf(data);
      this.#watch();
    }
    this.#listener.happened();
  }

  /** Restarts the wait for the next event or heartbeat. */
  #watch(): void {
    this.#since = Date.now();
    clearTimeout(this.#quiet);
    clearTimeout(this.#dead);
    this.#quiet = setTimeout(() => this.#lose(), 2 * this.#beat + 500);
    this.#dead = setTimeout(() => this.#attempt.abort(), 5 * this.#beat + 5_000);
  }

  #lose(): void {
    if (this.#lost || this.#ended) return;
    this.#lost = true;
    this.#listener.lost(this.#heard);
  }

  #find(): void {
    this.#heard = Date.now();
    if (!this.#lost) return;
    this.#lost = false;
    this.#listener.found();
  }

  /** Makes the next attempt at once, because the network or the reader is back. */
  #look = (): void => {
    if (document.visibilityState === 'hidden') return;
    this.#hurried = true;
    if (Date.now() - this.#since > 2 * this.#beat) this.#attempt.abort(); // the timers slept as well
    this.#wake();
  };

  #rest(time: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The server's interval of heartbeats; older servers use 20 s. */
function beatOf(ready: string): number {
  try {
    const { heartbeat } = JSON.parse(ready) as { heartbeat?: unknown };
    if (typeof heartbeat === 'number' && heartbeat > 0) return heartbeat * 1_000;
  } catch {
    // An older server.
  }
  return 20_000;
}
