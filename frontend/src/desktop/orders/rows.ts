import type { OrderRow } from '$lib/api/views';
import type { Group } from './filter';

// A long list has elements only for visible rows. All rows have the same
// height, so that positions are known without elements.

/** Pixels. */
export const ROW = 64;
const HEADING = 34;
const GAP = 20;
/** Rows beyond the edge that are also rendered, for scrolling and for screen readers. */
const BEYOND = 12;

/** Block is a group of the list with its rows and its position. */
export interface Block {
  group: Group;
  rows: readonly OrderRow[];
  /** The top of its first row. */
  top: number;
}

/** Stacks the groups, with headings if there are any. */
export function layOut(groups: readonly { group: Group; rows: readonly OrderRow[] }[], headings: boolean): Block[] {
  let top = 0;
  return groups.map(({ group, rows }) => {
    const block = { group, rows, top: top + (headings ? HEADING : 0) };
    top = block.top + rows.length * ROW + GAP;
    return block;
  });
}

/** The indexes of the block's rows that are visible between two heights, and of the kept row. */
export function inSight({ rows, top }: Block, from: number, to: number, kept: string): number[] {
  const first = Math.max(0, Math.floor((from - top) / ROW) - BEYOND);
  const last = Math.min(rows.length - 1, Math.floor((to - top) / ROW) + BEYOND);
  const places = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
  // The focused row must stay while the list is scrolled.
  const at = kept === '' ? -1 : rows.findIndex(({ id }) => id === kept);
  if (at < 0 || (at >= first && at <= last)) return places;
  return at < first ? [at, ...places] : [...places, at];
}

/** The place of a row in the list: its number among all rows, and its top. */
export function find(blocks: readonly Block[], id: string): { at: number; top: number } | null {
  let before = 0;
  for (const { rows, top } of blocks) {
    const at = rows.findIndex((row) => row.id === id);
    if (at >= 0) return { at: before + at, top: top + at * ROW };
    before += rows.length;
  }
  return null;
}

/** The row with the number among all rows, or the nearest row. */
export function rowAt(blocks: readonly Block[], at: number): OrderRow | undefined {
  let left = Math.max(0, at);
  for (const { rows } of blocks) {
    if (left < rows.length) return rows[left];
    left -= rows.length;
  }
  return blocks.findLast(({ rows }) => rows.length > 0)?.rows.at(-1);
}

/** The number of rows that a key moves by; undefined for other keys. */
export function stepOf(key: string, page: number): number | undefined {
  return { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[key];
}
