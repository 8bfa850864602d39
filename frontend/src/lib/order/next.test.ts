import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { OrderRow } from '../api/views';
import { language } from '../i18n/language.svelte';
import { nextStep } from './next';
import { timeline } from './timeline';

const NOW = new Date(2026, 10, 24, 15, 20).getTime();
const clock = { at: () => NOW };
const at = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString();

const order: OrderRow = {
  id: 'o',
  title: 'Film',
  buyer: 'Anna',
  status: 'active',
  late: false,
  dueAt: at(50),
  reviewEndsAt: '',
  completedAt: '',
  completedBy: '',
  cancelledAt: '',
  price: '',
  currency: '',
  payment: 'pending',
  clearsAt: '',
  deliveries: 0,
  cancellationBy: '',
  canDeliver: true,
  hasDraft: false,
  unread: 0,
  unreadMessages: 0,
};

// Dates of another year show the year.
beforeAll(() => void vi.setSystemTime(NOW));
afterAll(() => void vi.useRealTimers());

describe('what happens next', () => {
  for (const [name, change, en, de, urgency] of [
    ['due', {}, 'Due Thu 26 Nov, 17:20, in 2 days 2 h', 'Fällig Do., 26. Nov., 17:20, in 2 Tagen 2 Std.', 'calm'],
    ['due soon', { dueAt: at(5) }, 'Due Tue 24 Nov, 20:20, in 5 h', 'Fällig Di., 24. Nov., 20:20, in 5 Std.', 'soon'],
    [
      'late',
      { dueAt: at(-26), late: true },
      'Overdue by 1 day 2 h (since Mon 23 Nov, 13:20)',
      'Überfällig seit Mo., 23. Nov., 13:20 (1 Tag 2 Std.)',
      'late',
    ],
    [
      'late, not told yet',
      { dueAt: at(-1) },
      'Overdue by 1 h (since Tue 24 Nov, 14:20)',
      'Überfällig seit Di., 24. Nov., 14:20 (1 Std.)',
      'late',
    ],
    [
      'revision',
      { status: 'in_revision' },
      'The buyer asked for changes; due Thu 26 Nov, 17:20, in 2 days 2 h',
      'Änderungen gewünscht; fällig Do., 26. Nov., 17:20, in 2 Tagen 2 Std.',
      'calm',
    ],
    [
      'review',
      { status: 'delivered', reviewEndsAt: at(71) },
      'Completes automatically on Fri 27 Nov, 14:20, in 2 days 23 h',
      'Wird am Fr., 27. Nov., 14:20 automatisch abgeschlossen, in 2 Tagen 23 Std.',
      'calm',
    ],
    [
      'review over',
      { status: 'delivered', reviewEndsAt: at(0) },
      'The review period has ended; the order is being completed',
      'Die Überprüfungszeit ist abgelaufen; der Auftrag wird abgeschlossen',
      'calm',
    ],
    [
      'clearing',
      { status: 'completed', payment: 'clearing', clearsAt: at(24) },
      'Completed; the payment clears on Wed 25 Nov, 15:20',
      'Abgeschlossen; Zahlung wird am Mi., 25. Nov., 15:20 freigegeben',
      'calm',
    ],
    [
      'cleared',
      { status: 'completed', payment: 'cleared' },
      'Completed; the payment has cleared',
      'Abgeschlossen; Zahlung ist freigegeben',
      'calm',
    ],
    [
      'cancelled',
      { status: 'cancelled', cancelledAt: at(-24) },
      'Cancelled on Mon 23 Nov, 15:20; no payment',
      'Storniert am Mo., 23. Nov., 15:20; keine Zahlung',
      'calm',
    ],
    [
      'proposal',
      { status: 'delivered', reviewEndsAt: at(1), cancellationBy: 'buyer' },
      'The buyer proposed to cancel; the order does not complete automatically until you answer',
      'Der Käufer möchte stornieren; bis zu deiner Antwort wird nichts automatisch abgeschlossen',
      'calm',
    ],
  ] as const)
    it(name, () => {
      language.choose('en');
      expect(nextStep({ ...order, ...change }, clock)).toEqual({ text: en, urgency });
      language.choose('de');
      expect(nextStep({ ...order, ...change }, clock).text).toBe(de);
    });
});

describe('the timeline', () => {
  const delivery = {
    number: 1,
    deliveredAt: at(-1),
    description: '',
    files: [],
    links: [],
    arranged: false,
    openedAt: '',
    downloadedAt: '',
  };
  for (const [name, change, deliveries, steps] of [
    ['active', {}, [], ['placed done', 'due now', 'review ahead', 'clears ahead']],
    ['late', { late: true }, [], ['placed done', 'due late', 'review ahead', 'clears ahead']],
    [
      'in revision',
      { status: 'in_revision' },
      [delivery],
      ['placed done', 'delivered done', 'due now', 'review ahead', 'clears ahead'],
    ],
    [
      'delivered',
      { status: 'delivered', reviewEndsAt: at(71) },
      [delivery],
      ['placed done', 'delivered done', 'review now', 'clears ahead'],
    ],
    [
      'clearing',
      { status: 'completed', payment: 'clearing' },
      [delivery],
      ['placed done', 'delivered done', 'completed done', 'clears now'],
    ],
    [
      'cleared',
      { status: 'completed', payment: 'cleared' },
      [delivery],
      ['placed done', 'delivered done', 'completed done', 'clears done'],
    ],
    ['cancelled', { status: 'cancelled' }, [], ['placed done', 'cancelled done']],
  ] as const)
    it(name, () => {
      const shown = timeline({ ...order, ...change }, at(-100), deliveries).map(({ key, state }) => `${key} ${state}`);
      expect(shown).toEqual(steps);
    });
});
