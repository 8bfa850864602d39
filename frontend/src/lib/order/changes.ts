import type { DraftFile, SharedFile } from '$lib/api/views';

export type Change = 'unchanged' | 'changed' | 'new';

export interface Changes {
  /** By path; a file is missing while nobody knows yet. */
  files: ReadonlyMap<string, Change>;
  /** What the delivery had and the draft has not. */
  gone: SharedFile[];
}

/** How the files of a draft differ from those of a delivery: by path, then by content. */
export function changesSince(files: readonly DraftFile[], delivered: readonly SharedFile[]): Changes {
  const before = new Map(delivered.map((file) => [file.path, file]));
  const changes = new Map<string, Change>();
  const kept = new Set<string>();
  for (const file of files) {
    kept.add(file.path);
    const change = changeOf(file, before.get(file.path));
    if (change) changes.set(file.path, change);
  }
  return { files: changes, gone: delivered.filter(({ path }) => !kept.has(path)) };
}

function changeOf(file: DraftFile, before: SharedFile | undefined): Change | null {
  if (!before) return 'new';
  if (file.state !== 'verified') return file.size === before.size ? null : 'changed';
  return file.sha256 === before.sha256 ? 'unchanged' : 'changed';
}
