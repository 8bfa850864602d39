import type { Limits, Span } from '$lib/api/views';

export const MOST_PARALLEL = 16;
const KILO = 1000;

/** Converts a limit from kB/s to bytes a second: 0 for none, null for invalid input. */
export function parseUp(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  const value = Number(trimmed);
  return Number.isInteger(value) && value >= 1 && value <= 10_000_000 ? value * KILO : null;
}

/** How many files are uploaded at once; null for invalid input. */
export function parseParallel(text: string): number | null {
  const value = Number(text.trim());
  return text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= MOST_PARALLEL ? value : null;
}

/** The input for a part of the day with its own limit. */
export interface SpanText {
  from: string;
  to: string;
  up: string;
}

/** The part of the day; null for invalid input. A span that ends at midnight ends at 24:00. */
export function parseSpan(text: SpanText): Span | null {
  const up = parseUp(text.up);
  const from = clockTime(text.from);
  const to = clockTime(text.to) === '00:00' ? '24:00' : clockTime(text.to);
  return up === null || from === '' || to === '' || from === to ? null : { from, to, up };
}

/** A time such as 09:00, also typed as 9:00; '' for invalid input. */
function clockTime(text: string): string {
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d\d)$/.exec(text.trim()) ?? [];
  return hour !== '' && Number(hour) < 24 && Number(minute) < 60 ? `${hour.padStart(2, '0')}:${minute}` : '';
}

/** The initial texts of the form. */
export function texts({ up, parallel, schedule }: Limits): { up: string; parallel: string; spans: SpanText[] } {
  return {
    up: kilo(up),
    parallel: String(parallel),
    spans: schedule.map((span) => ({
      from: span.from,
      to: span.to === '24:00' ? '00:00' : span.to,
      up: kilo(span.up),
    })),
  };
}

function kilo(up: number): string {
  return up > 0 ? String(Math.max(1, Math.round(up / KILO))) : '';
}
