import { byName } from './names';

/** What a tree needs to know of a file: its path, with slashes between folders. */
export interface Placed {
  path: string;
  size: number;
}

export interface FolderRow {
  kind: 'folder';
  key: string;
  name: string;
  depth: number;
  files: number;
  size: number;
  open: boolean;
}

export interface FileRow<F> {
  kind: 'file';
  key: string;
  name: string;
  depth: number;
  file: F;
}

export type Row<F> = FolderRow | FileRow<F>;

interface Folder<F> {
  name: string;
  path: string;
  folders: Map<string, Folder<F>>;
  files: F[];
  /** Both, in the order in which they came. */
  entries: (Folder<F> | F)[];
  count: number;
  size: number;
}

/**
 * Files as the rows of a tree; what lies in a closed folder is left out.
 * Folders come first and all by their names, unless the files are arranged:
 * then everything stands where it comes first in the list.
 */
export function rows<F extends Placed>(files: readonly F[], closed: ReadonlySet<string>, arranged = false): Row<F>[] {
  const root = folder<F>('', '');
  for (const file of files) place(root, file);
  const out: Row<F>[] = [];
  walk(root, -1, closed, arranged, out);
  return out;
}

function place<F extends Placed>(root: Folder<F>, file: F): void {
  let at = root;
  for (const name of file.path.split('/').slice(0, -1)) {
    const path = at.path === '' ? name : `${at.path}/${name}`;
    let next = at.folders.get(name);
    if (!next) {
      next = folder<F>(name, path);
      at.folders.set(name, next);
      at.entries.push(next);
    }
    next.count += 1;
    next.size += file.size;
    at = next;
  }
  at.files.push(file);
  at.entries.push(file);
}

function walk<F extends Placed>(
  at: Folder<F>,
  depth: number,
  closed: ReadonlySet<string>,
  arranged: boolean,
  out: Row<F>[],
): void {
  for (const entry of arranged ? at.entries : sorted(at)) {
    if (!('folders' in entry)) {
      const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
      out.push({ kind: 'file', key: entry.path, name, depth: depth + 1, file: entry });
      continue;
    }
    const open = !closed.has(entry.path);
    const { name, count: files, size } = entry;
    out.push({ kind: 'folder', key: `${entry.path}/`, name, depth: depth + 1, files, size, open });
    if (open) walk(entry, depth + 1, closed, arranged, out);
  }
}

function sorted<F extends Placed>(at: Folder<F>): (Folder<F> | F)[] {
  return [
    ...byName([...at.folders.values()], ({ name }) => name),
    ...byName(at.files, ({ path }) => path.slice(path.lastIndexOf('/') + 1)),
  ];
}

function folder<F>(name: string, path: string): Folder<F> {
  return { name, path, folders: new Map(), files: [], entries: [], count: 0, size: 0 };
}
