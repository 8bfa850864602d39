import { describe, expect, it } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { Delivery, EventType, OrderEvent, OrderPage } from '$lib/api/views';
import { language } from '$lib/i18n/language.svelte';
import { eventText } from './history';
import { Link } from '../link.svelte';
import { Talk } from './talk.svelte';

const event = (type: EventType, more: Partial<OrderEvent> = {}): OrderEvent => ({
  seq: 1,
  type,
  by: 'seller',
  at: '2026-11-24T14:20:00Z',
  delivery: 1,
  message: '',
  days: 0,
  reviewEndsAt: '2026-11-27T14:20:00Z',
  changed: [],
  title: '',
  dueAt: '2026-11-27T14:20:00Z',
  file: '',
  points: 0,
  done: 0,
  viewer: 'Ada',
  ...more,
});

function setUp(answers: { History?: () => Promise<OrderEvent[]>; WriteMessage?: () => Promise<OrderPage> }) {
  const told: string[] = [];
  const page = () => Promise.resolve({} as OrderPage);
  const talk = new Talk(
    {
      History: () => Promise.resolve([]),
      WriteMessage: page,
      ProposeCancellation: page,
      AnswerCancellation: page,
      ...answers,
    },
    { id: 'o', take: () => told.push('taken'), failed: ({ code }) => told.push(code) },
  );
  return { talk, told };
}

describe('a talk', () => {
  it('has what was said apart from what was done', async () => {
    const events = [event('order_placed'), event('message_written', { message: 'hello' })];
    const { talk } = setUp({ History: () => Promise.resolve(events) });
    await talk.load();
    expect([talk.events?.length, talk.messages.map(({ message }) => message)]).toEqual([2, ['hello']]);
  });

  it('takes the answer that was asked for last, and keeps what it has', async () => {
    const answers: ((events: OrderEvent[]) => void)[] = [];
    let fails = false;
    const { talk } = setUp({
      History: () =>
        fails ? Promise.reject(new Failure('unreachable', '')) : new Promise((done) => answers.push(done)),
    });
    const loads = [talk.load(), talk.load()];
    answers[1]?.([event('order_placed')]);
    answers[0]?.([]);
    await Promise.all(loads);
    fails = true;
    await talk.load();
    expect([talk.events?.length, talk.failure]).toEqual([1, null]);
  });

  it('keeps a message that could not be sent, and one that was written meanwhile', async () => {
    let answer = () => Promise.reject<OrderPage>(new Failure('unreachable', ''));
    const { talk, told } = setUp({ WriteMessage: () => answer() });
    talk.text = 'hello';
    expect(await talk.send()).toBe(false);
    expect([talk.text, told, talk.busy]).toEqual(['hello', ['unreachable'], false]);
    answer = () => {
      talk.text = 'next';
      return Promise.resolve({} as OrderPage);
    };
    expect(await talk.send()).toBe(true);
    expect([talk.text, told]).toEqual(['next', ['unreachable', 'taken']]);
  });

  it('sends nothing twice at once', async () => {
    let sent = 0;
    let done: (page: OrderPage) => void = () => {};
    const { talk } = setUp({ WriteMessage: () => (sent++, new Promise((resolve) => (done = resolve))) });
    const first = talk.send();
    expect(await talk.send()).toBe(false);
    done({} as OrderPage);
    expect([await first, sent]).toEqual([true, 1]);
  });
});

describe('the history in words', () => {
  const delivery = { number: 1, files: [{ id: 'f', path: 'a/film.mov', size: 1, sha256: '' }] } as unknown as Delivery;
  const types: EventType[] = [
    ...(['order_placed', 'work_delivered', 'order_completed', 'changes_requested', 'review_extended'] as const),
    ...(['cancellation_proposed', 'cancellation_withdrawn', 'cancellation_declined', 'cancellation_lapsed'] as const),
    ...(['order_cancelled', 'message_written', 'review_link_renewed', 'review_link_revoked', 'due_soon'] as const),
    ...(['review_ends_soon', 'payment_cleared', 'delivery_opened', 'file_downloaded'] as const),
    ...(['work_shared', 'sharing_ended', 'work_viewed', 'time_zone_noted'] as const),
  ];
  for (const locale of ['en', 'de'] as const)
    it(`has a sentence for everything: ${locale}`, () => {
      language.choose(locale);
      const texts = types.map((type) => eventText(event(type), [delivery]));
      expect(new Set(texts).size).toBe(types.length);
      for (const text of texts) expect(text).toMatch(/^\p{L}.* .*\.$/u);
    });

  it('says who it was, and names files', () => {
    language.choose('en');
    const text = (type: EventType, more: Partial<OrderEvent>) => eventText(event(type, more), [delivery]);
    expect(text('cancellation_proposed', { by: 'buyer' })).toBe('The buyer proposed to cancel the order.');
    expect(text('order_completed', { by: 'clock' })).toBe('The review period ended; the order is completed.');
    expect(text('file_downloaded', { file: 'f' })).toBe('The buyer downloaded “film.mov” of delivery 1.');
    expect(text('file_downloaded', { file: 'archive' })).toBe('The buyer downloaded all files of delivery 1.');
    expect(text('file_downloaded', { file: 'gone' })).toBe('The buyer downloaded a file of delivery 1.');
    expect(text('order_changed', { changed: ['title', 'notes'], title: 'New' })).toBe(
      'You changed the title to “New”. You changed your notes.',
    );
    const ada = { by: 'viewer', viewer: 'Ada', delivery: 2 } as const;
    expect(text('file_downloaded', { ...ada, file: 'archive' })).toBe('Ada downloaded files of delivery 2.');
    expect(text('work_viewed', ada)).toBe('Ada viewed delivery 2.');
    expect(text('work_viewed', { ...ada, delivery: 0 })).toBe('Ada viewed the order before the first delivery.');
    expect(text('of_tomorrow' as EventType, {})).toBe('of_tomorrow');
  });
});

describe('the buyer’s link', () => {
  it('is what the server last said, and a fault leaves it', async () => {
    const link = new Link('o', {
      BuyerLink: () => Promise.resolve({ url: 'https://a', revoked: false }),
      RenewBuyerLink: () => Promise.reject(new Failure('unreachable', '')),
      RevokeBuyerLink: () => Promise.resolve({ url: '', revoked: true }),
    });
    expect([await link.load(), link.link?.url]).toEqual([true, 'https://a']);
    expect([await link.renew(), link.link?.url, link.failure?.code]).toEqual([false, 'https://a', 'unreachable']);
    expect([await link.revoke(), link.link?.revoked, link.failure]).toEqual([true, true, null]);
  });
});
