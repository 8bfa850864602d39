import type { DraftFile, SharedFile } from '$lib/api/views';
import { packageOf } from './packages';

export type Change = 'unchanged' | 'changed' | 'new';

export interface Changes {
  /** By the path of a file or a package; missing while unknown. */
  things: ReadonlyMap<string, Change>;
  /** The files of the delivery that the draft does not have. */
  gone: Gone[];
}

/** A file or a whole package. */
export interface Gone {
  path: string;
  size: number;
  /** The paths of its files. */
  paths: string[];
}

/** How a draft differs from a delivery: by path, then by content. A package counts as one file. */
export function changesSince(files: readonly DraftFile[], delivered: readonly SharedFile[]): Changes {
  const before = new Map(delivered.map((file) => [file.path, file]));
  const kept = new Set(files.map(({ path }) => path));
  const found = new Map<string, (Change | null)[]>();
  for (const file of files) add(found, thingOf(file), changeOf(file, before.get(file.path)));
  const gone = new Map<string, Gone>();
  for (const file of delivered) {
    if (kept.has(file.path)) continue;
    const path = thingOf(file);
    if (found.has(path)) {
      add(found, path, 'changed'); // a package that lost a file
      continue;
    }
    const one = gone.get(path) ?? { path, size: 0, paths: [] };
    one.size += file.size;
    one.paths.push(file.path);
    gone.set(path, one);
  }
  const things = new Map<string, Change>();
  for (const [path, changes] of found) {
    const change = together(changes);
    if (change) things.set(path, change);
  }
  return { things, gone: [...gone.values()] };
}

const thingOf = ({ path }: { path: string }) => packageOf(path) || path;

function add(found: Map<string, (Change | null)[]>, path: string, change: Change | null): void {
  const changes = found.get(path);
  if (changes) changes.push(change);
  else found.set(path, [change]);
}

function changeOf(file: DraftFile, before: SharedFile | undefined): Change | null {
  if (!before) return 'new';
  if (file.state !== 'verified') return file.size === before.size ? null : 'changed';
  return file.sha256 === before.sha256 ? 'unchanged' : 'changed';
}

/** The change of a package whose files have these changes. */
function together(changes: readonly (Change | null)[]): Change | null {
  const [first = null] = changes;
  if (changes.every((change) => change === first)) return first;
  return changes.some((change) => change === 'changed' || change === 'new') ? 'changed' : null;
}
