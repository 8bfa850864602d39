import { language } from '$lib/i18n/language.svelte';

type Moment = string | Date;

/** A moment with its weekday: Fri 27 Nov, 14:20; with the year when it is not this one. */
export function moment(at: Moment, now = new Date()): string {
  return format(at, { weekday: 'short', day: 'numeric', month: 'short', ...clock, ...year(at, now) });
}

/** A moment in full, with its zone: Friday 27 November at 14:20 CET. */
export function fullMoment(at: Moment, now = new Date()): string {
  return format(at, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...clock,
    ...year(at, now),
    timeZoneName: 'short',
  });
}

/** A day: 27 Nov. */
export function day(at: Moment, now = new Date()): string {
  return format(at, { day: 'numeric', month: 'short', ...year(at, now) });
}

/** A month such as 2026-11: Nov, or November 2026. */
export function month(at: string, width: 'short' | 'long'): string {
  const date = new Date(`${at}-15T12:00:00Z`);
  if (Number.isNaN(date.getTime())) return '';
  const parts = width === 'short' ? { month: 'short' as const } : { month: 'long' as const, year: 'numeric' as const };
  return new Intl.DateTimeFormat(language.tag, { ...parts, timeZone: 'UTC' }).format(date);
}

/** The time for today, or date and time for another day. */
export function timeOrMoment(at: Moment, now = new Date()): string {
  return toDate(at).toDateString() === now.toDateString() ? format(at, clock) : moment(at, now);
}

const clock = { hour: '2-digit', minute: '2-digit' } as const;

function year(at: Moment, now: Date): Intl.DateTimeFormatOptions {
  return toDate(at).getFullYear() === now.getFullYear() ? {} : { year: 'numeric' };
}

function format(at: Moment, options: Intl.DateTimeFormatOptions): string {
  const date = toDate(at);
  return Number.isNaN(date.getTime()) ? '' : new Intl.DateTimeFormat(language.tag, options).format(date);
}

function toDate(at: Moment): Date {
  return typeof at === 'string' ? new Date(at) : at;
}
