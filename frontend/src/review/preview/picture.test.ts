import { afterEach, describe, expect, it, vi } from 'vitest';
import { Picture } from './picture.svelte';

const photo = { rendition: '/r', original: '/o', direct: false };
const bytes = (size: string, type = 'image/jpeg') =>
  new Response('picture', { headers: { 'Content-Type': type, ...(size && { 'Handover-Original-Size': size }) } });

/** Fake answers by address; an error is a broken connection. */
function answers(by: Record<string, () => Response | Promise<Response>>) {
  vi.stubGlobal('fetch', (url: string, { signal }: { signal: AbortSignal }) => {
    const gone = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('aborted'))),
    );
    return Promise.race([gone, Promise.resolve().then(() => by[url]!())]);
  });
  vi.stubGlobal(
    'Image',
    class {
      src = '';
      decode = () => Promise.resolve();
    },
  );
}
afterEach(() => vi.unstubAllGlobals());

describe('a picture', () => {
  it('is first the rendition, of the size of the original', async () => {
    answers({ '/r': () => bytes('6000x4000'), '/o': () => bytes('') });
    const picture = new Picture(photo);
    await picture.load();
    expect(picture.src).toMatch(/^blob:/);
    expect([picture.size, picture.whole, picture.more]).toEqual([{ width: 6_000, height: 4_000 }, false, true]);
    await picture.loadOriginal();
    expect([picture.whole, picture.more, picture.arrived, picture.refused]).toEqual([true, false, undefined, '']);
    picture.close();
  });

  it('is the file where there is no rendition', async () => {
    answers({ '/r': () => new Response(null, { status: 204 }), '/o': () => bytes('') });
    const picture = new Picture(photo);
    await picture.load();
    expect([picture.whole, picture.more, picture.trouble]).toEqual([true, false, '']);
    const scan = new Picture({ ...photo, original: '' });
    await scan.load();
    expect([scan.src, scan.trouble]).toEqual(['', 'kind']);
  });

  it('keeps to the address of a drawing', async () => {
    answers({ '/o': () => bytes('', 'image/svg+xml') });
    const picture = new Picture({ rendition: '', original: '/o', direct: true });
    await picture.load();
    expect([picture.src, picture.whole]).toEqual(['/o', true]);
  });

  it('can be asked for again when it did not arrive', async () => {
    answers({ '/r': () => Promise.reject(new Error('offline')) });
    const picture = new Picture(photo);
    await picture.load();
    expect([picture.src, picture.trouble]).toEqual(['', 'away']);
    answers({ '/r': () => new Response(null, { status: 503 }) });
    await picture.load();
    expect(picture.trouble).toBe('away');
    answers({ '/r': () => bytes('') });
    await picture.load();
    expect([picture.trouble, picture.whole]).toEqual(['', false]);
  });

  it('stays the rendition when the original fails, or is not wanted any more', async () => {
    answers({ '/r': () => bytes('10x10'), '/o': () => new Response(null, { status: 502 }) });
    const picture = new Picture(photo);
    await picture.load();
    const before = picture.src;
    await picture.loadOriginal();
    expect([picture.src, picture.refused, picture.more]).toEqual([before, 'away', true]);
    answers({ '/o': () => new Promise<never>(() => {}) });
    const loading = picture.loadOriginal();
    expect([picture.arrived, picture.more]).toEqual([0, false]);
    picture.stopOriginal();
    await loading;
    expect([picture.src, picture.arrived, picture.refused, picture.more]).toEqual([before, undefined, '', true]);
  });
});
