import type { Earnings, OrderEvent, OrderPage, Transfer, TransferList } from '$lib/api/views';
import { at, revision, reviewing } from './samples.ts';

const none = { code: '', message: '' };

function event(seq: number, type: OrderEvent['type'], hours: number, more: Partial<OrderEvent> = {}): OrderEvent {
  return {
    seq,
    type,
    by: 'buyer',
    at: at(hours),
    delivery: 0,
    message: '',
    days: 0,
    reviewEndsAt: '',
    changed: [],
    title: '',
    dueAt: '',
    file: '',
    points: 0,
    done: 0,
    viewer: '',
    ...more,
  };
}

/** All events of an order, roughly in this order. */
export const history: Record<string, OrderEvent[]> = {
  logo: [
    event(1, 'order_placed', -140, { by: 'seller' }),
    event(2, 'review_link_renewed', -139, { by: 'seller' }),
    event(3, 'message_written', -120, { message: 'Hello Mara, our brand guide is on its way. Do you need it as PDF?' }),
    event(4, 'message_written', -119, {
      by: 'seller',
      message: 'Yes, please.\n\nAnd the old logo as SVG, if you still have it: https://cloud.example.org/s/upload-here',
    }),
    event(5, 'order_changed', -100, {
      by: 'seller',
      changed: ['title', 'due_at', 'notes'],
      title: 'Logo',
      dueAt: at(60),
    }),
    event(6, 'cancellation_proposed', -90, { message: 'We may not need it after all.' }),
    event(7, 'cancellation_withdrawn', -88),
    event(8, 'due_soon', -50, { by: 'clock', dueAt: at(-26) }),
    event(9, 'work_delivered', -30, { by: 'seller', delivery: 1 }),
    event(10, 'delivery_opened', -29, { delivery: 1 }),
    event(11, 'file_downloaded', -28.4, { delivery: 1, file: 'f2' }),
    event(12, 'file_downloaded', -28.3, { delivery: 1, file: 'archive' }),
    event(15, 'work_shared', -28.2, { viewer: 'Ada Okonkwo' }),
    event(16, 'work_viewed', -28.1, { by: 'viewer', viewer: 'Ada Okonkwo', delivery: 1 }),
    event(17, 'file_downloaded', -28, { by: 'viewer', viewer: 'Ada Okonkwo', delivery: 1, file: 'f2' }),
    event(13, 'review_extended', -27, { delivery: 1, days: 2, reviewEndsAt: at(90) }),
    event(14, 'changes_requested', -4, { delivery: 1, message: revision.changeRequest }),
  ],
};

/** The buyer proposed to cancel. */
export const proposed: OrderPage = {
  ...reviewing,
  order: { ...reviewing.order, cancellationBy: 'buyer' },
  cancellation: {
    by: 'buyer',
    proposedAt: at(-2),
    lapsesAt: at(70),
    message: 'The festival was called off, so we do not need the score any more. We are sorry.',
  },
  allowed: ['deliver', 'agree_cancellation', 'decline_cancellation', 'write_message'],
};

const transfer = (order: string, title: string, path: string, size: number, more: Partial<Transfer>): Transfer => ({
  order,
  title,
  path,
  size,
  sent: 0,
  state: 'waiting',
  problem: none,
  retryAt: '',
  rate: 0,
  seconds: -1,
  ...more,
});
const film = (path: string, size: number, more: Partial<Transfer>) =>
  transfer('film', 'Image film, 90 seconds, with German and English subtitles', path, size, more);
const photos = (path: string, size: number, more: Partial<Transfer>) =>
  transfer('photos', 'Product photos for the spring catalogue', path, size, more);

export const transfers: TransferList = {
  transfers: [
    film('film/master/film-de-4k.mov', 4_120_000_000, {
      sent: 2_470_000_000,
      state: 'running',
      rate: 18_400_000,
      seconds: 90,
    }),
    photos('catalogue/print/spring-cover-final-with-a-rather-long-name-0001.tiff', 312_000_000, {
      sent: 12_000_000,
      state: 'running',
    }),
    film('film/master/film-en-4k.mov', 4_118_000_000, {}),
    photos('catalogue/print/0002.tiff', 298_000_000, { state: 'paused', sent: 100_000_000 }),
    photos('catalogue/print/0003.tiff', 301_000_000, { state: 'retrying', retryAt: at(0.01) }),
    film('sound-mix.wav', 212_000_000, { state: 'problem', problem: { code: 'file_unreadable', message: '' } }),
  ],
  paused: false,
  pausedOrders: [],
  progress: { sent: 2_582_000_000, total: 9_149_000_000, rate: 21_300_000, seconds: 309 },
  limits: {
    up: 25_000_000,
    parallel: 3,
    schedule: [{ from: '22:00', to: '06:00', up: 0 }],
    yield: true,
    metered: false,
    pauseMetered: false,
  },
  speed: Array.from({ length: 100 }, (_, i) => {
    if (i < 18 || (i > 52 && i < 58)) return 0;
    const wave = Math.sin(i / 5) * 2.4 + Math.sin(i / 1.7) * 1.1;
    return Math.round(Math.min(25, 20 + wave - 9 * Math.exp(-(i % 58 < 18 ? i % 58 : i - 18) / 4)) * 1e6);
  }),
  speedSpan: 3,
};

export const transfersPaused: TransferList = {
  ...transfers,
  transfers: transfers.transfers.map((t) =>
    t.state === 'problem' ? t : { ...t, state: 'paused', rate: 0, seconds: -1 },
  ),
  paused: true,
  progress: { ...transfers.progress, rate: 0, seconds: -1 },
};

const month = (month: string, completed: string, cleared: string, cancelled = '0.00', currency = 'EUR') => ({
  month,
  currency,
  placed: completed,
  cancelled,
  completed,
  cleared,
});

export const earnings: Earnings = {
  totals: [
    { currency: 'EUR', pending: '4950.00', clearing: '980.00', cleared: '18340.50' },
    { currency: 'USD', pending: '0.00', clearing: '0.00', cleared: '1200.00' },
  ],
  months: [
    month('2026-02', '1200.00', '1200.00', '0.00', 'USD'),
    month('2026-03', '2140.00', '1800.00'),
    month('2026-04', '3260.50', '2140.00'),
    month('2026-06', '4480.00', '3260.50', '350.00'),
    month('2026-07', '1950.00', '4480.00'),
    month('2026-08', '2870.00', '1950.00'),
    month('2026-09', '1640.00', '2870.00'),
    month('2026-10', '2000.00', '1840.00'),
    month('2026-11', '980.00', '0.00', '120.00'),
  ],
};
