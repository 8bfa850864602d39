import { m } from '$lib/paraglide/messages';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const UNITS: Record<string, number> = { h: HOUR, m: MINUTE, s: SECOND, ms: 1 };

/** A span as the server writes it, such as 336h0m0s, in milliseconds; NaN for anything else. */
export function milliseconds(text: string): number {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) return NaN;
  const parts = [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)];
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ''] ?? NaN), 0);
}

type Part = (n: number) => string;

/**
 * A span of time in at most two units, never rounded up: 2 days 23 h,
 * 5 h 20 min, 42 min, and to the second in the last ten minutes.
 */
export function span(ms: number): string {
  return compose(ms, (n) => m.span_days({ n }));
}

/** The span from now until then: in 2 days 23 h. */
export function inSpan(ms: number): string {
  return m.span_in({ span: compose(ms, (n) => m.span_days_after_in({ n })) });
}

/** The remaining time of a transfer; coarser, because it is an estimate. -1 is unknown. */
export function timeLeft(seconds: number): string {
  if (seconds < 0) return m.transfer_left_unknown();
  const coarse = seconds < 60 ? Math.max(1, seconds) : Math.ceil(seconds / 60) * 60;
  return m.transfer_left({ span: compose(coarse * SECOND, (n) => m.span_days({ n }), false) });
}

function compose(ms: number, days: Part, fine = true): string {
  const left = Math.max(0, Math.floor(ms / SECOND) * SECOND);
  const d = Math.floor(left / DAY);
  const h = Math.floor((left % DAY) / HOUR);
  const min = Math.floor((left % HOUR) / MINUTE);
  const s = Math.floor((left % MINUTE) / SECOND);
  if (d > 0) return join(days(d), h, (n) => m.span_hours({ n }));
  if (h > 0) return join(m.span_hours({ n: h }), min, (n) => m.span_minutes({ n }));
  if (min >= 10 || (min > 0 && !fine)) return m.span_minutes({ n: min });
  if (min > 0) return join(m.span_minutes({ n: min }), s, (n) => m.span_seconds({ n }));
  return m.span_seconds({ n: s });
}

function join(first: string, n: number, then: Part): string {
  return n > 0 ? `${first} ${then(n)}` : first;
}
