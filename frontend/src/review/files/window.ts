/** A list with at least this many rows renders only visible rows. */
export const WINDOWED_FROM = 150;

/** How many rows are rendered beyond the visible ones, for Tab and fast scrolling. */
const BEYOND = 8;

/** The index of the first rendered row, and the index after the last. */
export function drawn(top: number, height: number, row: number, count: number): [from: number, to: number] {
  const from = Math.floor(top / row) - BEYOND;
  const to = Math.ceil((top + height) / row) + BEYOND;
  return [Math.min(count, Math.max(0, from)), Math.min(count, Math.max(0, to))];
}

/** The scroll position that shows a whole row: the current one if it is visible. */
export function revealed(top: number, height: number, row: number, index: number): number {
  const [start, end] = [index * row, (index + 1) * row];
  if (start < top) return start;
  return end > top + height ? end - height : top;
}

/** The items in lines of a fixed length. */
export function lines<T>(items: readonly T[], length: number): T[][] {
  const size = Math.max(1, length);
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
