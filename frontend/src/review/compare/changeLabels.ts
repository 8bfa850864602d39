import { m } from '$lib/paraglide/messages';
import type { Change } from './compare';

/** The label of a change to a file. */
export function changeLabel(change: Change): string {
  return LABELS[change]();
}

/** The label of a number of files with the same change. */
export function changeCount(change: Change, n: number): string {
  return COUNTS[change]({ n });
}

const LABELS: Record<Change, () => string> = {
  new: m.review_change_new,
  changed: m.review_change_changed,
  moved: m.review_change_moved,
  gone: m.review_change_gone,
  unchanged: m.review_change_unchanged,
};
const COUNTS: Record<Change, (inputs: { n: number }) => string> = {
  new: m.review_changes_new,
  changed: m.review_changes_changed,
  moved: m.review_changes_moved,
  gone: m.review_changes_gone,
  unchanged: m.review_changes_unchanged,
};
