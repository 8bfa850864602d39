import type { OrderPage, Point } from '$lib/api/views';
import { png } from './content.ts';
import { at, completed, revision } from './samples.ts';

const none = { x: -1, y: -1, seconds: -1, page: 0, line: 0, picture: false, doneIn: 0, delivery: 1 };
const said = { author: 'Jonas Weidenfeller', sentAt: at(-20) };

function point(number: number, text: string, more: Partial<Point> = {}): Point {
  return { ...none, ...said, id: `p${number}`, number, file: 'f1', path: 'logo/variant-a.svg', text, ...more };
}

const board = { file: 'f4', path: 'logo/on blue.png', picture: true };

/** An order in revision with the buyer's points. */
export const pointed: OrderPage = {
  ...revision,
  changeRequest: 'Nearly there!',
  deliveries: revision.deliveries.map((delivery) => ({
    ...delivery,
    files: [...delivery.files, { id: 'f4', path: 'logo/on blue.png', size: 182_004, sha256: '5b'.repeat(32) }],
  })),
  points: [
    point(1, 'This was done before.', { doneIn: 1 }),
    point(2, 'This blue is too dark; please use the one of our guide.', { ...board, x: 0.7, y: 0.3 }),
    point(3, 'A little more air here.', { ...board, x: 0.25, y: 0.6 }),
    point(4, 'The subtitle is missing a comma.', { file: 'f3', path: 'overview.pdf', page: 2 }),
    point(5, 'And please also as EPS.', { file: '', path: '' }),
  ],
};

/** A completed order; its completion sent two comments of the buyer. */
export const closed: OrderPage = {
  ...completed,
  points: [
    point(1, 'This was done before.', { doneIn: 1, sentAt: at(-60) }),
    point(2, 'The second page still has the old address.', {
      ...{ file: 'f3', path: 'overview.pdf', page: 2 },
      sentAt: completed.order.completedAt,
    }),
    point(3, 'Thank you! Next time please also as EPS.', {
      ...{ file: '', path: '', author: 'Elif Yıldız' },
      sentAt: completed.order.completedAt,
    }),
  ],
};

export const picture = `data:image/png;base64,${png(1600, 900).toString('base64')}`;
