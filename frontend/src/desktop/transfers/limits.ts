import type { Limits } from '$lib/api/views.life';

export const MOST_PARALLEL = 16;
const KILO = 1000;

/** The limit of the form in kB/s as bytes a second: 0 for none, null when it cannot be. */
export function parseUp(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  const value = Number(trimmed);
  return Number.isInteger(value) && value >= 1 && value <= 10_000_000 ? value * KILO : null;
}

/** How many files go at once; null when it cannot be. */
export function parseParallel(text: string): number | null {
  const value = Number(text.trim());
  return text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= MOST_PARALLEL ? value : null;
}

/** The texts that the form begins with. */
export function texts({ up, parallel }: Limits): { up: string; parallel: string } {
  return { up: up > 0 ? String(Math.max(1, Math.round(up / KILO))) : '', parallel: String(parallel) };
}
