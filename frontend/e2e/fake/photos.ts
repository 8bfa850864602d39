import { sampleOrder, type Order } from './review.ts';
import { at } from './samples.ts';

/** An order whose delivery has a number of photographs in ten folders. */
export function photos(n: number): Order {
  const files = Array.from({ length: n }, (_, i) => ({
    id: `p${i}`,
    path: `Shoot ${1 + (i % 10)}/DSC_${String(i + 1).padStart(4, '0')}.jpg`,
    size: 8_000_000 + ((i * 7_919) % 30_000) * 1_000,
    sha256: i.toString(16).padStart(64, '0'),
    type: 'image/jpeg',
  }));
  const delivery = { number: 1, delivered_at: at(-1), description: 'All pictures of the day.', files, links: [] };
  return sampleOrder({ deliveries: [delivery] });
}
