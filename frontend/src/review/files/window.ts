/** From how many rows on only those are drawn that can be seen. */
export const WINDOWED_FROM = 150;

/** How many rows are drawn beyond those that can be seen, so that Tab and a quick scroll find them. */
const BEYOND = 8;

/** The first row that is drawn, and the first after it that is not. */
export function drawn(top: number, height: number, row: number, count: number): [from: number, to: number] {
  const from = Math.floor(top / row) - BEYOND;
  const to = Math.ceil((top + height) / row) + BEYOND;
  return [Math.min(count, Math.max(0, from)), Math.min(count, Math.max(0, to))];
}

/** Where to scroll so that a row can be seen whole: nowhere when it can. */
export function revealed(top: number, height: number, row: number, index: number): number {
  const [start, end] = [index * row, (index + 1) * row];
  if (start < top) return start;
  return end > top + height ? end - height : top;
}

/** The items in lines of so many. */
export function lines<T>(items: readonly T[], length: number): T[][] {
  const size = Math.max(1, length);
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
