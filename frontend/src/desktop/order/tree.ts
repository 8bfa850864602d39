import type { DraftFile } from '$lib/api/views';

export interface FolderRow {
  kind: 'folder';
  key: string;
  name: string;
  depth: number;
  files: number;
  size: number;
  open: boolean;
}

export interface FileRow {
  kind: 'file';
  key: string;
  name: string;
  depth: number;
  file: DraftFile;
}

export type Row = FolderRow | FileRow;

interface Folder {
  name: string;
  path: string;
  folders: Map<string, Folder>;
  files: DraftFile[];
  count: number;
  size: number;
}

/** The files of a draft as the rows of a tree; what lies in a closed folder is left out. */
export function rows(files: readonly DraftFile[], closed: ReadonlySet<string>): Row[] {
  const root = folder('', '');
  for (const file of files) place(root, file);
  const out: Row[] = [];
  walk(root, -1, closed, out);
  return out;
}

function place(root: Folder, file: DraftFile): void {
  let at = root;
  for (const name of file.path.split('/').slice(0, -1)) {
    const path = at.path === '' ? name : `${at.path}/${name}`;
    const next = at.folders.get(name) ?? folder(name, path);
    at.folders.set(name, next);
    next.count += 1;
    next.size += file.size;
    at = next;
  }
  at.files.push(file);
}

function walk(at: Folder, depth: number, closed: ReadonlySet<string>, out: Row[]): void {
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

function folder(name: string, path: string): Folder {
  return { name, path, folders: new Map(), files: [], count: 0, size: 0 };
}
