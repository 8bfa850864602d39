import { describe, expect, it } from 'vitest';
import type { Order } from '$lib/api/review';
import { Zone } from './zone';

function orderIn(zone: string | undefined, viewer?: string): Order {
  return { buyer: { name: 'Bea', email: 'bea@example.org', time_zone: zone }, viewer } as unknown as Order;
}

describe('the time zone of the buyer’s browser', () => {
  const cases: [string, Order, string, string[]][] = [
    ['is told when the server does not know it', orderIn(undefined), 'Asia/Tokyo', ['Asia/Tokyo']],
    ['is told when it is another one', orderIn('Europe/Berlin'), 'Asia/Tokyo', ['Asia/Tokyo']],
    ['is not told again', orderIn('Asia/Tokyo'), 'Asia/Tokyo', []],
    ['is not told by somebody who may only look', orderIn(undefined, 'Ada'), 'Asia/Tokyo', []],
    ['is not told when the browser does not say it', orderIn(undefined), '', []],
  ];
  for (const [name, order, own, want] of cases)
    it(name, async () => {
      const told: string[] = [];
      const zone = new Zone({ noteTimeZone: (z) => Promise.resolve(void told.push(z)) }, own);
      await zone.tell(order);
      await zone.tell(order);
      expect(told).toEqual(want);
    });

  it('is no error when it cannot be told', async () => {
    const zone = new Zone({ noteTimeZone: () => Promise.reject(new Error('away')) }, 'Asia/Tokyo');
    await expect(zone.tell(orderIn(undefined))).resolves.toBeUndefined();
  });
});
