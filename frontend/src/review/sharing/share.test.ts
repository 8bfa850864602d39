import { describe, expect, it } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { ViewLink } from '$lib/api/review';
import { Sharing, type ShareApi } from './share.svelte';

const link = (number: number, name = 'Ada'): ViewLink => ({ number, name, made_at: '', opened_at: null, url: 'u' });

function setUp(answers: Partial<ShareApi> = {}) {
  const asked: unknown[] = [];
  const sharing = new Sharing({
    viewLinks: async () => ({ links: [link(1), link(2)], most: 3 }),
    shareToLook: async (name) => (asked.push(name), { links: [link(1), link(2), link(3, name)], most: 3 }),
    endSharing: async (number) => (asked.push(number), { links: [link(1), link(2)], most: 3 }),
    ...answers,
  });
  return { sharing, asked };
}

describe('sharing to look', () => {
  it('shows the newest first, and knows when there is no room', async () => {
    const { sharing, asked } = setUp();
    expect(sharing.links).toBe(null);
    await sharing.load();
    expect([sharing.links?.map(({ number }) => number), sharing.full, sharing.made]).toEqual([[2, 1], false, null]);
    expect(await sharing.share('  Ben ')).toBe(true);
    expect([asked, sharing.full, sharing.made?.name]).toEqual([['Ben'], true, 'Ben']);
    expect(await sharing.end(link(3))).toBe(true);
    expect([asked.at(-1), sharing.full, sharing.made]).toEqual([3, false, null]);
  });

  it('keeps showing the new link while another ends', async () => {
    const { sharing } = setUp({ endSharing: async () => ({ links: [link(2), link(3)], most: 3 }) });
    await sharing.share('Ben');
    await sharing.end(link(1));
    expect(sharing.made?.number).toBe(3);
  });

  it('looks again when somebody was quicker', async () => {
    for (const code of ['conflict', 'gone'] as const) {
      const { sharing } = setUp({ shareToLook: () => Promise.reject(new Failure(code, '')) });
      expect(await sharing.share('Ben')).toBe(false);
      expect([sharing.failed, sharing.links?.length]).toEqual([true, 2]);
    }
  });

  it('says so when the server does not answer, and goes on when it does', async () => {
    let away = true;
    const { sharing } = setUp({
      viewLinks: () =>
        away ? Promise.reject(new Failure('unreachable', '')) : Promise.resolve({ links: [link(1)], most: 3 }),
    });
    expect([await sharing.load(), sharing.failed, sharing.links]).toEqual([false, true, null]);
    away = false;
    expect([await sharing.load(), sharing.failed, sharing.links?.length]).toEqual([true, false, 1]);
  });

  it('sends nothing twice at once', async () => {
    let done: () => void = () => {};
    const { sharing, asked } = setUp({
      shareToLook: (name) =>
        new Promise((resolve) => (asked.push(name), (done = () => resolve({ links: [link(1, name)], most: 3 })))),
    });
    const first = sharing.share('Ben');
    expect([sharing.busy, await sharing.share('Ben')]).toEqual([true, false]);
    done();
    expect([await first, asked]).toEqual([true, ['Ben']]);
  });
});
