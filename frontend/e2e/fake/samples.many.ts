import type { OrderPage } from '$lib/api/views';
import * as samples from './samples.ts';

/** A number of orders of all kinds; every fifth is overdue. */
export function many(count: number): OrderPage[] {
  const kinds = [samples.active, samples.late, samples.revision, samples.reviewing, samples.completed];
  return Array.from({ length: count }, (_, n) => {
    const like = kinds[n % kinds.length]!;
    const id = `o${n}`;
    const order = {
      ...like.order,
      id,
      title: `Order ${n}: ${like.order.title}`,
      dueAt: samples.at((like.order.late ? -1 : 1) * (1 + n / 10)),
    };
    return { ...like, order, deliveries: [], draft: samples.emptyDraft(id) };
  });
}
