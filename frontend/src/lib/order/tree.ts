import { byName } from './names';
import { isPackage } from './packages';

/** The file as the tree needs it: its path, with slashes between folders. */
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

/** A folder that a Mac shows as one file. */
export interface PackageRow<F> extends Omit<FolderRow, 'kind'> {
  kind: 'package';
  /** All files in it. */
  inside: readonly F[];
}

export type Row<F> = FolderRow | PackageRow<F> | FileRow<F>;

/** Whether the folder at a path is open. */
export type IsOpen = (path: string, isPackage: boolean) => boolean;

export const allOpen: IsOpen = () => true;

/** Folders are open and packages closed, unless they were toggled. */
export function flippedBy(flipped: ReadonlySet<string>): IsOpen {
  return (path, isPackage) => flipped.has(path) === isPackage;
}

interface Folder<F> {
  name: string;
  path: string;
  folders: Map<string, Folder<F>>;
  files: F[];
  /** Folders and files in their original order. */
  entries: (Folder<F> | F)[];
  count: number;
  size: number;
  /** All files of a package; null for a folder. */
  inside: F[] | null;
}

/**
 * Files as the rows of a tree, without the contents of closed folders. Folders
 * come first, and entries are sorted by name, unless the files are arranged:
 * then an entry takes the place of its first file in the list.
 */
export function rows<F extends Placed>(files: readonly F[], isOpen: IsOpen, arranged = false): Row<F>[] {
  const root = folder<F>('', '');
  for (const file of files) place(root, file);
  const out: Row<F>[] = [];
  walk(root, -1, isOpen, arranged, out);
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
    next.inside?.push(file);
    at = next;
  }
  at.files.push(file);
  at.entries.push(file);
}

function walk<F extends Placed>(at: Folder<F>, depth: number, isOpen: IsOpen, arranged: boolean, out: Row<F>[]): void {
  for (const entry of arranged ? at.entries : sorted(at)) {
    if (!('folders' in entry)) {
      const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
      out.push({ kind: 'file', key: entry.path, name, depth: depth + 1, file: entry });
      continue;
    }
    const { name, path, count: files, size, inside } = entry;
    const open = isOpen(path, inside !== null);
    const row = { key: `${path}/`, name, depth: depth + 1, files, size, open };
    out.push(inside ? { kind: 'package', ...row, inside } : { kind: 'folder', ...row });
    if (open) walk(entry, depth + 1, isOpen, arranged, out);
  }
}

function sorted<F extends Placed>(at: Folder<F>): (Folder<F> | F)[] {
  return [
    ...byName([...at.folders.values()], ({ name }) => name),
    ...byName(at.files, ({ path }) => path.slice(path.lastIndexOf('/') + 1)),
  ];
}

function folder<F>(name: string, path: string): Folder<F> {
  return {
    name,
    path,
    folders: new Map(),
    files: [],
    entries: [],
    count: 0,
    size: 0,
    inside: isPackage(name) ? [] : null,
  };
}
