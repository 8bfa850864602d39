import { pause } from './retry';

/** Listener is told what a stream of events says, and how it is doing. */
export interface Listener {
  /** Something happened, or may have happened while nothing was heard. */
  happened(): void;
  /** The drafts of comments have changed. */
  commented(): void;
  /** Nothing has been heard since that time, in milliseconds, and that is too long. */
  lost(heard: number): void;
  /** The stream is heard again. */
  found(): void;
}

/** How often the server is asked to show that it is there, in seconds. */
const HEARTBEAT = 2;
/** A stream that lived this long, in milliseconds, ended for a new reason. */
const LIVED = 10_000;

/**
 * Live follows a stream of server-sent events for ever: over broken connections,
 * over proxies that answer in the server's place, over the sleep of the
 * computer. The browser's EventSource gives up on the first answer that is not
 * 200, and hides the heartbeats that tell a silent stream from a dead one.
 */
export class Live {
  #url: string;
  #listener: Listener;
  #ended = false;
  #attempt = new AbortController();
  #wake: () => void = () => {};
  /** Whether the next attempt is to be made at once. */
  #hurried = false;
  /** When something was last heard. */
  #heard = Date.now();
  /** The same, or when the attempt began that has heard nothing yet. */
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

  /** Connects once and reads to the end of the stream, whatever ends it. */
  async #follow(): Promise<void> {
    this.#attempt = new AbortController();
    this.#beat = HEARTBEAT * 1_000;
    this.#watch();
    try {
      const response = await fetch(this.#url, { signal: this.#attempt.signal, cache: 'no-store' });
      const kind = response.headers.get('Content-Type') ?? '';
      if (response.ok && kind.startsWith('text/event-stream') && response.body) return await this.#read(response.body);
      // The order's own answer says whether the link has ended.
      if (kind.startsWith('application/problem+json')) this.#listener.happened();
      await response.body?.cancel();
    } catch {
      // It is tried again.
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

  /** Takes in one event, or a heartbeat, which is a comment. */
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

  /** Something was heard, or begins to be waited for. */
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

  /** The network or the reader has come back: the next attempt is made at once. */
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

/** How often the server says that it shows itself; older ones do so every 20 s. */
function beatOf(ready: string): number {
  try {
    const { heartbeat } = JSON.parse(ready) as { heartbeat?: unknown };
    if (typeof heartbeat === 'number' && heartbeat > 0) return heartbeat * 1_000;
  } catch {
    // An older server.
  }
  return 20_000;
}
