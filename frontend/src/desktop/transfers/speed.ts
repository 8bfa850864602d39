/** A summary of the speed in the last minutes, in bytes a second. */
export interface Speed {
  now: number;
  /** The average since the first upload in that time. */
  average: number;
  most: number;
}

/** null without any upload. */
export function speedOf(rates: readonly number[], now: number): Speed | null {
  const first = rates.findIndex((rate) => rate > 0);
  if (first < 0) return null;
  const since = rates.slice(first);
  const average = since.reduce((sum, rate) => sum + rate, 0) / since.length;
  return { now, average, most: Math.max(now, ...since) };
}

/** The round speed for the top of the graph, at or above the given one. */
export function ceiling(rate: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(1, rate)));
  return ([1, 1.5, 2, 3, 5, 7.5, 10].find((n) => n * step >= rate) ?? 10) * step;
}

/** The speed as the path of a graph of the given size; 0 is at the bottom. */
export function outline(rates: readonly number[], top: number, width: number, height: number): string {
  const last = Math.max(1, rates.length - 1);
  const at = (rate: number, i: number) =>
    `${round((i / last) * width)} ${round(height - (Math.min(rate, top) / top) * height)}`;
  return rates.map((rate, i) => `${i === 0 ? 'M' : 'L'}${at(rate, i)}`).join('');
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
