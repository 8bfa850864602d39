import { describe, expect, it } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { Earnings as View, MonthTotal } from '$lib/api/views';
import { Earnings } from './earnings.svelte';
import { accounts, ceiling } from './months';

const month = (name: string, completed: string, currency = 'EUR'): MonthTotal => ({
  month: name,
  currency,
  placed: '0.00',
  cancelled: '0.00',
  completed,
  cleared: '0.00',
});
const total = (currency: string) => ({ currency, pending: '1.00', clearing: '2.00', cleared: '3.00' });

describe('the months', () => {
  it('have no gaps, over the turn of a year, and each currency its own', () => {
    const [eur, usd, chf] = accounts({
      totals: [total('EUR'), total('USD'), total('CHF')],
      months: [month('2025-11', '5.00'), month('2026-02', '7.00'), month('2026-01', '1.00', 'USD')],
    });
    expect(eur?.months.map(({ month, completed }) => `${month} ${completed}`)).toEqual([
      '2025-11 5.00',
      '2025-12 0.00',
      '2026-01 0.00',
      '2026-02 7.00',
    ]);
    expect([usd?.months.length, chf?.months.length]).toEqual([1, 0]);
  });

  it('are the last twelve', () => {
    const [eur] = accounts({ totals: [total('EUR')], months: [month('2020-01', '1.00'), month('2026-11', '2.00')] });
    expect([eur?.months.length, eur?.months[0]?.month]).toEqual([12, '2025-12']);
  });

  it('stand below a round number', () => {
    expect([0, 1, 1.2, 4480, 5000, 5001, 99_999].map(ceiling)).toEqual([1, 1, 2, 5000, 5000, 10_000, 100_000]);
  });
});

describe('the earnings', () => {
  const view: View = { totals: [total('EUR')], months: [] };

  it('stay while they cannot be loaded anew', async () => {
    let answer = () => Promise.resolve(view);
    const earnings = new Earnings({ Earnings: () => answer(), ExportEarnings: () => Promise.resolve('') });
    await earnings.load();
    answer = () => Promise.reject(new Failure('unreachable', ''));
    await earnings.load();
    expect([earnings.accounts?.length, earnings.failure?.code]).toEqual([1, 'unreachable']);
    earnings.clear();
    expect([earnings.accounts, earnings.failure]).toEqual([null, null]);
  });

  it('are saved once at a time', async () => {
    let done: (path: string) => void = () => {};
    const earnings = new Earnings({
      Earnings: () => Promise.resolve(view),
      ExportEarnings: () => new Promise((resolve) => (done = resolve)),
    });
    const first = earnings.save();
    expect([earnings.exporting, await earnings.save()]).toEqual([true, '']);
    done('/a/b.csv');
    expect([await first, earnings.exporting]).toEqual(['/a/b.csv', false]);
  });
});
