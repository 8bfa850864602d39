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
  count: number;
  size: number;
}

/** Files as the rows of a tree; what lies in a closed folder is left out. */
export function rows<F extends Placed>(files: readonly F[], closed: ReadonlySet<string>): Row<F>[] {
  const root = folder<F>('', '');
  for (const file of files) place(root, file);
  const out: Row<F>[] = [];
  walk(root, -1, closed, out);
  return out;
}

function place<F extends Placed>(root: Folder<F>, file: F): void {
  let at = root;
  for (const name of file.path.split('/').slice(0, -1)) {
    const path = at.path === '' ? name : `${at.path}/${name}`;
    const next = at.folders.get(name) ?? folder<F>(name, path);
    at.folders.set(name, next);
    next.count += 1;
    next.size += file.size;
    at = next;
  }
  at.files.push(file);
}

function walk<F extends Placed>(at: Folder<F>, depth: number, closed: ReadonlySet<string>, out: Row<F>[]): void {
  for (const sub of [...at.folders.values()].sort((a, b) => order(a.name, b.name))) {
    const open = !closed.has(sub.path);
    const { name, count: files, size } = sub;
    out.push({ kind: 'folder', key: `${sub.path}/`, name, depth: depth + 1, files, size, open });
    if (open) walk(sub, depth + 1, closed, out);
  }
  for (const file of [...at.files].sort((a, b) => order(a.path, b.path))) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    out.push({ kind: 'file', key: file.path, name, depth: depth + 1, file });
  }
}

function order(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true });
}

function folder<F>(name: string, path: string): Folder<F> {
  return { name, path, folders: new Map(), files: [], count: 0, size: 0 };
}
