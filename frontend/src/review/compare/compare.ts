import type { Delivery, SharedFile } from '$lib/api/review';

/** How a file changed from one delivery to another. */
export type Change = 'changed' | 'new' | 'moved' | 'gone' | 'unchanged';

/** A file in both deliveries. A new file has no before, a removed file has no after. */
export interface Pair {
  change: Change;
  /** The path in the later delivery; for a removed file, in the earlier one. */
  path: string;
  before?: SharedFile;
  after?: SharedFile;
}

/** The kinds of changes, most interesting first. */
export const changes: readonly Change[] = ['changed', 'new', 'moved', 'gone', 'unchanged'];

/**
 * Compares the files of two deliveries by path and content. The same path with
 * other content is changed. The same content at another path is moved. Each file
 * counts once.
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

/** The delivery before another one; undefined for the first. */
export function previous(deliveries: readonly Delivery[], number: number): Delivery | undefined {
  return deliveries.filter((one) => one.number < number).sort((a, b) => b.number - a.number)[0];
}

/** Programs may encode an accent in different ways in the same name. */
const key = ({ path }: SharedFile) => path.normalize('NFC');
const nameOf = (file: SharedFile) => key(file).slice(key(file).lastIndexOf('/') + 1);

function byChange(a: Pair, b: Pair): number {
  const order = changes.indexOf(a.change) - changes.indexOf(b.change);
  return order || a.path.localeCompare(b.path, undefined, { numeric: true });
}
