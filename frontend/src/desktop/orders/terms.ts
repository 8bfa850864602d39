import { length } from '$lib/format/text';
import { count } from '$lib/format/numbers';
import { m } from '$lib/paraglide/messages';

// The common parts of the order forms: title, due date, notes, and their
// errors.

export const MAX_TITLE = 200;
export const MAX_NOTES = 2_500;

export type Fault = 'missing' | 'too_long' | 'email' | 'due' | 'past' | 'price' | 'currency';
/** Errors by field; valid fields are missing. */
export type Faults<Field extends string> = Partial<Record<Field, Fault>>;

const TEXTS: Record<Fault, () => string> = {
  missing: () => m.start_missing(),
  too_long: () => m.place_too_long({ max: count(MAX_TITLE) }),
  email: () => m.place_email_wrong(),
  due: () => m.place_due_wrong(),
  past: () => m.place_due_past(),
  price: () => m.place_price_wrong(),
  currency: () => m.place_currency_wrong(),
};

export function faultText(fault: Fault | undefined): string {
  return fault ? TEXTS[fault]() : '';
}

/** Removes valid fields. */
export function faultsOf<Field extends string>(all: Record<Field, Fault | ''>): Faults<Field> {
  return Object.fromEntries(Object.entries(all).filter(([, fault]) => fault !== '')) as Faults<Field>;
}

export function lineFault(value: string): Fault | '' {
  if (value.trim() === '') return 'missing';
  return length(value.trim()) > MAX_TITLE ? 'too_long' : '';
}

export function notesFault(value: string): Fault | '' {
  return length(value) > MAX_NOTES ? 'too_long' : '';
}

export function dueFault(local: string, now: number): Fault | '' {
  const at = momentOf(local);
  return Number.isNaN(at) ? 'due' : at <= now ? 'past' : '';
}

/** A local date and time in milliseconds. Web views without a date field use a space as separator. */
export function momentOf(local: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})$/.exec(local.trim());
  return match ? Date.parse(`${match[1]}T${match[2]}`) : NaN;
}

/** The value of the date field for a time, local: 2026-12-24T18:00. */
export function localOf(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
