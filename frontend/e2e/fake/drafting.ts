import type { DraftFile } from '$lib/api/views';

/**
 * Adds the methods for a draft's files, other than uploads, to the fake program.
 * It runs inside the page, after installFake, and must not use anything from
 * outside.
 */
export function installDrafting(): void {
  const { edit, page } = window.fake;
  const removed = new Map<string, DraftFile[]>();
  const within = (file: DraftFile, path: string) => file.path === path || file.path.startsWith(`${path}/`);
  const byPath = (a: DraftFile, b: DraftFile) => (a.path < b.path ? -1 : 1);

  window.fake.bind('Drafts', {
    Detach: (id: string, path: string) => {
      const { files } = page(id).draft;
      removed.set(
        `${id} ${path}`,
        files.filter((f) => within(f, path)),
      );
      return edit(id, () => ({ files: files.filter((f) => !within(f, path)) }));
    },
    Restore: (id: string, path: string) => {
      const back = removed.get(`${id} ${path}`) ?? [];
      if (!removed.delete(`${id} ${path}`)) throw new Error(JSON.stringify({ code: 'not_found', message: '' }));
      return edit(id, ({ files }) => ({ files: [...files, ...back].sort(byPath) }));
    },
    Arrange: (id: string, paths: string[]) =>
      edit(id, ({ files }) => ({
        arranged: paths.length > 0,
        files: [...files].sort((a, b) => {
          if (paths.length === 0) return byPath(a, b);
          return paths.indexOf(a.path) - paths.indexOf(b.path);
        }),
      })),
    TakeOver: (id: string, delivery: number, paths: string[]) => {
      const made = page(id).deliveries.find(({ number }) => number === delivery);
      return edit(id, ({ files }) => {
        const has = new Set(files.map(({ path }) => path));
        const taken = (made?.files ?? [])
          .filter(({ path }) => !has.has(path) && (paths.length === 0 || paths.includes(path)))
          .map(({ path, size, sha256 }) => ({
            ...{ path, size, sha256, source: '', sent: size, taken: true, inFolder: false },
            state: 'verified' as const,
            problem: { code: '', message: '' },
          }));
        return { files: [...files, ...taken].sort(byPath) };
      });
    },
    DismissNotice: (id: string) => edit(id, () => ({ notice: { code: '', message: '' } })),
    Thumbnail: (_: string, path: string) => {
      if (path.includes('broken')) return '';
      const hue = [...path].reduce((sum, letter) => sum + letter.charCodeAt(0) * 7, 0) % 360;
      const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><rect width="72" height="72" fill="hsl(${hue} 45% 70%)"/><circle cx="48" cy="24" r="10" fill="hsl(${hue} 60% 88%)"/><path d="M0 72 28 34 50 58 58 48 72 64V72z" fill="hsl(${hue} 45% 38%)"/></svg>`;
      return `data:image/svg+xml,${encodeURIComponent(picture)}`;
    },
  });
}
