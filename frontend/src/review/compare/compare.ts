import type { Delivery, SharedFile } from '$lib/api/review';

/** How a file changed from one delivery to another. */
export type Change = 'changed' | 'new' | 'moved' | 'gone' | 'unchanged';

/** A file of one delivery and what it was in the other; new ones have no before, gone ones no after. */
export interface Pair {
  change: Change;
  /** In the later delivery; in the earlier one for what is gone. */
  path: string;
  before?: SharedFile;
  after?: SharedFile;
}

/** In the order in which they are worth looking at. */
export const changes: readonly Change[] = ['changed', 'new', 'moved', 'gone', 'unchanged'];

/**
 * Compares the files of two deliveries by path and content: the same path with
 * other content is changed, the same content at a path of its own is moved, each
 * only once.
 */
export function compare(before: readonly SharedFile[], after: readonly SharedFile[]): Pair[] {
  const old = new Map(before.map((file) => [key(file), file]));
  const pairs: Pair[] = [];
  const added: SharedFile[] = [];
  for (const file of after) {
    const was = old.get(key(file));
    old.delete(key(file));
    if (!was) added.push(file);
    else
      pairs.push({
        change: was.sha256 === file.sha256 ? 'unchanged' : 'changed',
        path: file.path,
        before: was,
        after: file,
      });
  }
  const left = new Map<string, SharedFile[]>();
  for (const file of old.values()) left.set(file.sha256, [...(left.get(file.sha256) ?? []), file]);
  for (const file of added) {
    const same = left.get(file.sha256) ?? [];
    const was = same.find((one) => nameOf(one) === nameOf(file)) ?? same[0];
    if (!was) pairs.push({ change: 'new', path: file.path, after: file });
    else pairs.push({ change: 'moved', path: file.path, before: was, after: file });
    left.set(
      file.sha256,
      same.filter((one) => one !== was),
    );
  }
  for (const files of left.values())
    for (const file of files) pairs.push({ change: 'gone', path: file.path, before: file });
  return pairs.sort(byChange);
}

/** The delivery that came before another; undefined for the first. */
export function previous(deliveries: readonly Delivery[], number: number): Delivery | undefined {
  return deliveries.filter((one) => one.number < number).sort((a, b) => b.number - a.number)[0];
}

/** Two programs may write an accent in two ways, and mean one name. */
const key = ({ path }: SharedFile) => path.normalize('NFC');
const nameOf = (file: SharedFile) => key(file).slice(key(file).lastIndexOf('/') + 1);

function byChange(a: Pair, b: Pair): number {
  const order = changes.indexOf(a.change) - changes.indexOf(b.change);
  return order || a.path.localeCompare(b.path, undefined, { numeric: true });
}
