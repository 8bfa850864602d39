import { allOpen, rows, type Placed } from './tree';

/** The paths of files in the order in which a tree shows them. */
export function shownOrder(files: readonly Placed[], arranged: boolean): string[] {
  return rows(files, allOpen, arranged).flatMap((row) => (row.kind === 'file' ? [row.key] : []));
}

/**
 * The names of all entries in the folder of an entry, in order. The key of an
 * entry is its path, with a slash at the end for a folder.
 */
export function siblings(paths: readonly string[], key: string): string[] {
  const parent = parentOf(key);
  return [...new Set(paths.filter((path) => path.startsWith(parent)).map((path) => entryOf(path, parent)))];
}

/**
 * The paths after moving an entry (a file or a folder) to a place among its
 * siblings, counted from 0. null when it already has that place.
 */
export function moved(paths: readonly string[], key: string, to: number): string[] | null {
  const parent = parentOf(key);
  const all = siblings(paths, key);
  const from = all.indexOf(key);
  const place = Math.max(0, Math.min(all.length - 1, to));
  if (from < 0 || place === from) return null;
  all.splice(from, 1);
  all.splice(place, 0, key);
  const groups = new Map<string, string[]>(all.map((sibling) => [sibling, []]));
  const inside = paths.filter((path) => path.startsWith(parent));
  for (const path of inside) groups.get(entryOf(path, parent))?.push(path);
  const rest = paths.filter((path) => !path.startsWith(parent));
  const before = paths.findIndex((path) => path.startsWith(parent));
  return [...rest.slice(0, before), ...[...groups.values()].flat(), ...rest.slice(before)];
}

function parentOf(key: string): string {
  const path = key.endsWith('/') ? key.slice(0, -1) : key;
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function entryOf(path: string, parent: string): string {
  const slash = path.indexOf('/', parent.length);
  return slash < 0 ? path : path.slice(0, slash + 1);
}
