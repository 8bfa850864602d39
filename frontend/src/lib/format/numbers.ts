import { language } from '$lib/i18n/language.svelte';

const STEPS = [
  ['terabyte', 1e12],
  ['gigabyte', 1e9],
  ['megabyte', 1e6],
  ['kilobyte', 1e3],
] as const;

/** A size in decimal units: 1 GB is 1,000,000,000 bytes. */
export function size(bytes: number): string {
  const [unit, step] = unitOf(bytes);
  return quantity(bytes / step, unit, unit === 'byte' ? 'long' : 'short');
}

/** A speed, such as 25 MB/s. */
export function rate(bytesPerSecond: number): string {
  const [unit, step] = unitOf(bytesPerSecond);
  return quantity(bytesPerSecond / step, `${unit}-per-second`, 'short');
}

export function count(n: number): string {
  return new Intl.NumberFormat(language.tag).format(n);
}

export function percent(part: number): string {
  return new Intl.NumberFormat(language.tag, { style: 'percent', maximumFractionDigits: 0 }).format(part);
}

/** An amount of money; '' for none. */
export function price(amount: string, currency: string): string {
  if (amount === '' || currency === '' || Number.isNaN(Number(amount))) return '';
  return new Intl.NumberFormat(language.tag, { style: 'currency', currency }).format(Number(amount));
}

function unitOf(bytes: number): readonly [string, number] {
  // From 999.95 on a rounded number would show 1,000 of the smaller unit.
  return STEPS.find(([, step]) => bytes >= step * 0.99995) ?? ['byte', 1];
}

function quantity(value: number, unit: string, unitDisplay: 'short' | 'long'): string {
  return new Intl.NumberFormat(language.tag, {
    style: 'unit',
    unit,
    unitDisplay,
    maximumFractionDigits: value < 100 && unit !== 'byte' ? 1 : 0,
  }).format(value);
}
