import type { Earnings, MonthTotal } from '$lib/api/views';

/** The maximum number of months. */
const MOST = 12;

/** One currency with its months, without gaps, oldest first. */
export interface Account {
  currency: string;
  pending: string;
  clearing: string;
  cleared: string;
  months: MonthTotal[];
}

/** The seller's earnings by currency. */
export function accounts({ totals, months }: Earnings): Account[] {
  return totals.map((total) => ({
    ...total,
    months: filled(months.filter(({ currency }) => currency === total.currency)),
  }));
}

function filled(months: readonly MonthTotal[]): MonthTotal[] {
  const last = months.at(-1);
  const first = months[0];
  if (!first || !last) return [];
  const known = new Map(months.map((month) => [month.month, month]));
  const out: MonthTotal[] = [];
  for (let at = last.month; at >= first.month && out.length < MOST; at = before(at)) {
    const none = {
      month: at,
      currency: last.currency,
      placed: '0.00',
      cancelled: '0.00',
      completed: '0.00',
      cleared: '0.00',
    };
    out.unshift(known.get(at) ?? none);
  }
  return out;
}

function before(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}

/** The smallest round number at or above the value: 1, 2 or 5 times a power of ten. */
export function ceiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}
