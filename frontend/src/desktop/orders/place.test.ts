import { describe, expect, it } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { NewOrder } from '$lib/api/views';
import { amount, Place } from './place.svelte';

const NOW = new Date(2026, 10, 24, 15, 20).getTime();

function setUp(answer: () => Promise<void> = () => Promise.resolve()) {
  const sent: NewOrder[] = [];
  const api = {
    Place: async (order: NewOrder) => {
      sent.push(order);
      await answer();
      return { id: 'o', title: order.title, url: 'https://a/review/b' };
    },
  };
  const place = new Place(api, 'de', () => NOW);
  Object.assign(place, { title: ' Flyer ', buyerName: 'Café Süd', buyerEmail: ' sued@example.org' });
  return { place, sent };
}

describe('a new order', () => {
  it('goes as it was typed, trimmed, with a date in a week', async () => {
    const { place, sent } = setUp();
    place.price = '80,5';
    place.currency = 'eur';
    expect(await place.submit()).toBe(null);
    expect(sent[0]).toMatchObject({
      ...{ title: 'Flyer', buyerName: 'Café Süd', buyerEmail: 'sued@example.org', language: 'de' },
      ...{ dueAt: new Date(2026, 11, 1, 18).toISOString(), price: '80.50', currency: 'EUR', notes: '' },
    });
    expect(place.placed?.url).toBe('https://a/review/b');
  });

  it('has no currency without a price', async () => {
    const { place, sent } = setUp();
    place.currency = 'x';
    expect([await place.submit(), sent[0]?.price, sent[0]?.currency]).toEqual([null, '', '']);
  });

  it('says what is wrong only once it was tried, the first field first', async () => {
    const { place, sent } = setUp();
    Object.assign(place, {
      title: ' ',
      buyerEmail: 'nobody',
      due: '2026-11-24T15:20',
      price: '1.234,50',
      currency: '',
    });
    expect(place.faults).toEqual({});
    expect(await place.submit()).toBe('title');
    expect(place.faults).toEqual({
      ...{ title: 'missing', buyerEmail: 'email', due: 'past', price: 'price', currency: 'currency' },
    });
    place.due = 'tomorrow';
    place.title = 'x'.repeat(201);
    expect([place.faults.due, place.faults.title, sent.length]).toEqual(['due', 'too_long', 0]);
  });

  it('takes a date that was typed with a space', async () => {
    const { place, sent } = setUp();
    place.due = '2026-12-24 18:00';
    await place.submit();
    expect(sent[0]?.dueAt).toBe(new Date(2026, 11, 24, 18).toISOString());
  });

  it('never places two when it is tried again, but another when it was changed', async () => {
    let fails = true;
    const { place, sent } = setUp(() => (fails ? Promise.reject(new Failure('unreachable', '')) : Promise.resolve()));
    await place.submit();
    expect([place.failure?.code, place.placed]).toEqual(['unreachable', null]);
    fails = false;
    await place.submit();
    place.title = 'Poster';
    await place.submit();
    const [first, again, other] = sent.map(({ key }) => key);
    expect([again === first, other === first, first?.length]).toEqual([true, false, 32]);
  });
});

describe('a price', () => {
  it('is a plain decimal number', () => {
    expect(['', ' 1200 ', '1200,5', '0.99'].map(amount)).toEqual(['', '1200.00', '1200.50', '0.99']);
    expect(['-1', '1,234.50', '1.234', 'x', '1e3', '٣'].map(amount)).toEqual(Array(6).fill(null));
  });
});
