import type { SharedFile } from '$lib/api/review';
import { byName } from '$lib/order/names';
import { allOpen, rows, type IsOpen, type Row } from '$lib/order/tree';

/** given: the seller's arrangement, or by folder and name. */
export type Sort = 'given' | 'name' | 'size' | 'type';

export interface Listing {
  query: string;
  sort: Sort;
  /** Whether the seller arranged the files. */
  arranged: boolean;
}

/** The rows of a list: a tree for the given order, otherwise a flat list. */
export function listed(
  files: readonly SharedFile[],
  { query, sort, arranged }: Listing,
  isOpen: IsOpen,
): Row<SharedFile>[] {
  const found = matching(files, query);
  // A search includes closed folders.
  if (sort === 'given') return rows(found, query.trim() === '' ? isOpen : allOpen, arranged);
  return sorted(found, sort).map((file) => ({ kind: 'file', key: file.path, name: nameOf(file), depth: 0, file }));
}

/** The files in the order in which a list shows them. */
export function inOrder(files: readonly SharedFile[], listing: Listing): SharedFile[] {
  return listed(files, listing, allOpen).flatMap((row) => (row.kind === 'file' ? row.file : []));
}

function matching(files: readonly SharedFile[], query: string): readonly SharedFile[] {
  const words = plain(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return files;
  return files.filter(({ path }) => {
    const text = plain(path);
    return words.every((word) => text.includes(word));
  });
}

function sorted(files: readonly SharedFile[], sort: Exclude<Sort, 'given'>): SharedFile[] {
  const named = byName(
    byName(files, ({ path }) => path),
    nameOf,
  );
  if (sort === 'size') return named.sort((a, b) => b.size - a.size);
  return sort === 'type' ? byName(named, extension) : named;
}

function nameOf({ path }: SharedFile): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder of the file; '' for none. */
export function folderOf({ path }: SharedFile): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function extension(file: SharedFile): string {
  const name = nameOf(file);
  return name.includes('.', 1) ? name.slice(name.lastIndexOf('.') + 1) : '';
}

const plain = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
