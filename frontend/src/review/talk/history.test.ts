import { describe, expect, it } from 'vitest';
import type { Order, OrderEvent } from '$lib/api/review';
import { language } from '$lib/i18n/language.svelte';
import { History } from './history.svelte';
import { eventText } from './eventText';

const event = (seq: number, type = 'message_written', by = 'seller', more: Partial<OrderEvent> = {}): OrderEvent => ({
  seq,
  order: 'o',
  seller: 's',
  type: type as OrderEvent['type'], // also an event type of a later server
  by,
  at: '2026-11-24T14:20:00Z',
  status: 'delivered',
  ...more,
});

function setUp(log: OrderEvent[], page = 2) {
  const asked: number[] = [];
  const history = new History({
    events: async (after) => {
      asked.push(after);
      const found = log.filter(({ seq }) => seq > after);
      const events = found.slice(0, page);
      return found.length > page ? { events, next: events.at(-1)!.seq } : { events };
    },
    writeMessage: async (message) => {
      log.push(event(log.length + 1, 'message_written', 'buyer', { message }));
      return { id: 'o' } as Order;
    },
  });
  let told = 0;
  history.onmessage = () => told++;
  return { history, asked, told: () => told };
}

describe('the history', () => {
  it('loads all pages, and then only what is new', async () => {
    const log = [1, 2, 3, 4, 5].map((seq) => event(seq));
    const { history, asked, told } = setUp(log);
    await history.load();
    expect([history.events.map(({ seq }) => seq), asked, told()]).toEqual([[1, 2, 3, 4, 5], [0, 2, 4], 0]);
    log.push(event(6));
    await history.load();
    expect([history.events.length, asked.at(-1), told()]).toEqual([6, 5, 1]);
  });

  it('has each event once when it is told while it loads', async () => {
    const { history } = setUp([1, 2, 3].map((seq) => event(seq)));
    await Promise.all([history.load(), history.load(), history.load()]);
    expect(history.events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('sends a message, trimmed, and shows it', async () => {
    const { history, told } = setUp([]);
    expect(await history.send(' hello ')).toBe(true);
    expect([history.messages.map(({ message }) => message), history.failed, told()]).toEqual([['hello'], false, 0]);
  });

  it('says that a message was not sent, and goes on after a failure', async () => {
    let away = true;
    const history = new History({
      events: () => (away ? Promise.reject(new Error('away')) : Promise.resolve({ events: [event(1)] })),
      writeMessage: () => Promise.reject(new Error('away')),
    });
    await history.load();
    expect([await history.send('x'), history.failed, history.sending]).toEqual([false, true, false]);
    away = false;
    await history.load();
    expect(history.events.length).toBe(1);
  });
});

describe('what the history says', () => {
  for (const [name, given, en] of [
    ['an acceptance', event(1, 'order_completed', 'buyer'), 'You accepted the work; the order is completed'],
    ['the clock', event(1, 'order_completed', 'clock'), 'The review period ended; the order is completed'],
    ['the seller’s proposal', event(1, 'cancellation_proposed'), 'Mara proposed to cancel the order'],
    ['the own proposal', event(1, 'cancellation_proposed', 'buyer'), 'You proposed to cancel the order'],
    [
      'a changed title',
      event(1, 'order_changed', 'seller', { changed: ['title'], title: 'Film' }),
      'The title is now “Film”.',
    ],
    ['a change that it does not know', event(1, 'order_changed', 'seller', { changed: ['colour'] }), ''],
    ['a kind that it does not know', event(1, 'constructor'), ''],
  ] as const)
    it(name, () => {
      language.choose('en');
      expect(eventText(given, 'Mara')).toBe(en);
    });
});
