import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Live } from './live';
import { pause } from './retry';

const OPEN = { 'Content-Type': 'text/event-stream' };

/** A fake server whose streams the test writes, a fake browser, and a record of the listener's calls. */
function setUp(...answers: (Response | Error)[]) {
  const told: string[] = [];
  const streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  const fetched = vi.fn(async (_: string, { signal }: { signal: AbortSignal }) => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    if (answer) return answer;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        streams.push(controller);
        signal.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    });
    return new Response(body, { headers: OPEN });
  });
  const browser = new EventTarget();
  vi.stubGlobal('fetch', fetched);
  for (const name of ['addEventListener', 'removeEventListener'] as const)
    vi.stubGlobal(name, browser[name].bind(browser));
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
  const stop = new Live('/events?order=o', {
    happened: () => told.push('happened'),
    commented: () => told.push('commented'),
    lost: (heard) => told.push(`lost since ${(Date.now() - heard) / 1_000} s`),
    found: () => told.push('found'),
  }).start();
  const say = async (text: string) => {
    streams.at(-1)!.enqueue(new TextEncoder().encode(text));
    await pass(0);
  };
  return { told, streams, answers, fetched, browser, stop, say };
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);
const ready = 'id: 7\nevent: ready\ndata: {"heartbeat":2}\n\n';

describe('a live stream', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('tells what happens, however it is cut into pieces', async () => {
    const { told, say, stop, fetched } = setUp();
    await pass(0);
    expect(fetched.mock.calls[0]?.[0]).toBe('/events?order=o&heartbeat=2');
    await say(ready);
    await say(': still here\n\nid: 8\ndata: {"typ');
    await say('e":"x"}\n');
    expect(told).toEqual(['happened']);
    await say('\nevent: comments\ndata: {}\n\n');
    expect(told).toEqual(['happened', 'happened', 'commented']);
    stop();
  });

  it('says within five seconds that nothing is heard, and when it is heard again', async () => {
    const { told, say, stop, fetched } = setUp();
    await pass(0);
    await say(ready);
    await pass(4.4);
    expect(told).toEqual(['happened']);
    await pass(0.2);
    expect(told).toEqual(['happened', 'lost since 4.5 s']);
    await say(': still here\n\n');
    expect([told.at(-1), fetched.mock.calls.length]).toEqual(['found', 1]);
    await pass(17);
    expect(fetched.mock.calls.length).toBe(2); // the limit of silence
    await say(ready);
    expect(told.slice(-2)).toEqual(['happened', 'found']);
    stop();
  });

  it('has more patience with a server that sends fewer heartbeats', async () => {
    const { told, say, stop } = setUp();
    await pass(0);
    await say('id: 7\nevent: ready\ndata: {}\n\n');
    await pass(40);
    expect(told).toEqual(['happened']);
    await pass(1);
    expect(told.length).toBe(2);
    stop();
  });

  it('comes back for ever, more and more slowly, and at once with the network', async () => {
    const { told, answers, stop, fetched, browser, say } = setUp();
    const page = () => new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'Content-Type': 'text/html' } });
    for (let n = 0; n < 200; n++) answers.push(n % 2 ? page() : new Error('refused'));
    await pass(60);
    expect(fetched.mock.calls.length).toBeLessThan(15);
    await pass(600);
    expect(fetched.mock.calls.length).toBeGreaterThan(45);
    expect(told).toEqual([told[0]]);
    answers.length = 0;
    const before = fetched.mock.calls.length;
    browser.dispatchEvent(new Event('online'));
    await pass(0);
    expect(fetched.mock.calls.length).toBe(before + 1);
    await say(ready);
    expect(told.slice(1)).toEqual(['happened', 'found']);
    stop();
    await pass(60);
    expect(fetched.mock.calls.length).toBe(before + 1);
  });

  it('asks for the order when the server refuses', async () => {
    const refusal = new Response('{}', { status: 401, headers: { 'Content-Type': 'application/problem+json' } });
    const { told, stop } = setUp(refusal);
    await pass(0);
    expect(told[0]).toBe('happened');
    stop();
  });
});

describe('the pause between attempts', () => {
  it('grows up to fifteen seconds and differs', () => {
    for (let failures = 0; failures < 100; failures++) {
      const most = Math.min(15_000, 500 * 2 ** Math.min(failures, 5));
      expect(pause(failures)).toBeGreaterThanOrEqual(most / 2);
      expect(pause(failures)).toBeLessThanOrEqual(most);
    }
    expect(new Set(Array.from({ length: 10 }, () => pause(9))).size).toBeGreaterThan(1);
  });
});
