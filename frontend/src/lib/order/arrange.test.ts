import { describe, expect, it } from 'vitest';
import type { DraftFile, SharedFile } from '../api/views';
import { moved, shownOrder, siblings } from './arrange';
import { changesSince } from './changes';
import { allOpen, flippedBy, rows } from './tree';

const placed = (...paths: string[]) => paths.map((path) => ({ path, size: 1 }));

describe('the order of files', () => {
  const files = placed('b.txt', 'film/10.mov', 'film/9.mov', 'a.txt', 'film/sub/x.srt');

  it('is folders first and by name, as long as nobody arranged it', () => {
    expect(shownOrder(files, false)).toEqual(['film/sub/x.srt', 'film/9.mov', 'film/10.mov', 'a.txt', 'b.txt']);
  });

  it('has what is in a package', () => {
    expect(shownOrder(placed('a.txt', 'S.logicx/b', 'S.logicx/a'), false)).toEqual([
      'S.logicx/a',
      'S.logicx/b',
      'a.txt',
    ]);
  });

  it('is that of the list once it is arranged, with folders held together', () => {
    expect(shownOrder(files, true)).toEqual(['b.txt', 'film/10.mov', 'film/9.mov', 'film/sub/x.srt', 'a.txt']);
    const keys = rows(files, flippedBy(new Set(['film'])), true).map(({ key }) => key);
    expect(keys).toEqual(['b.txt', 'film/', 'a.txt']);
  });
});

describe('moving an entry', () => {
  const paths = ['b.txt', 'film/1.mov', 'film/2.mov', 'film/sub/x.srt', 'a.txt'];

  it('is among its siblings', () => {
    expect(siblings(paths, 'a.txt')).toEqual(['b.txt', 'film/', 'a.txt']);
    expect(siblings(paths, 'film/sub/')).toEqual(['film/1.mov', 'film/2.mov', 'film/sub/']);
    expect(siblings(paths, 'film/sub/x.srt')).toEqual(['film/sub/x.srt']);
  });

  for (const [name, key, to, after] of [
    ['a file over a folder', 'a.txt', 1, ['b.txt', 'a.txt', 'film/1.mov', 'film/2.mov', 'film/sub/x.srt']],
    ['a folder with all in it', 'film/', 0, ['film/1.mov', 'film/2.mov', 'film/sub/x.srt', 'b.txt', 'a.txt']],
    ['within a folder', 'film/2.mov', 0, ['b.txt', 'film/2.mov', 'film/1.mov', 'film/sub/x.srt', 'a.txt']],
    ['a folder in a folder', 'film/sub/', 0, ['b.txt', 'film/sub/x.srt', 'film/1.mov', 'film/2.mov', 'a.txt']],
    ['to the end, and beyond', 'b.txt', 99, ['film/1.mov', 'film/2.mov', 'film/sub/x.srt', 'a.txt', 'b.txt']],
  ] as const)
    it(`moves ${name}`, () => expect(moved(paths, key, to)).toEqual(after));

  it('does nothing where there is nowhere to go', () => {
    expect(moved(paths, 'b.txt', -1)).toBe(null);
    expect(moved(paths, 'film/sub/x.srt', 1)).toBe(null);
    expect(moved(paths, 'gone.txt', 0)).toBe(null);
    expect(moved(['film'], 'film/', 0)).toBe(null);
  });

  it('loses and doubles nothing, wherever everything goes', () => {
    const keys = rows(
      paths.map((path) => ({ path, size: 1 })),
      allOpen,
      true,
    ).map(({ key }) => key);
    for (const key of keys)
      for (let to = 0; to < 4; to++) {
        const after = moved(paths, key, to);
        if (!after) continue;
        expect([...after].sort()).toEqual([...paths].sort());
        expect(siblings(after, key).indexOf(key)).toBe(Math.min(to, siblings(paths, key).length - 1));
      }
  });
});

describe('the changes since a delivery', () => {
  const was = (path: string, sha256: string, size = 1): SharedFile => ({ id: path, path, size, sha256 });
  const is = (path: string, sha256: string, more: Partial<DraftFile> = {}): DraftFile => ({
    ...{ path, source: path, size: 1, sent: 1, state: 'verified', sha256, taken: false, inFolder: false },
    problem: { code: '', message: '' },
    ...more,
  });

  for (const [name, file, change] of [
    ['the same content', is('a', '1'), 'unchanged'],
    ['other content of the same size', is('a', '2'), 'changed'],
    ['another size, still on its way', is('a', '', { state: 'uploading', size: 2 }), 'changed'],
    ['the same size, still on its way', is('a', '', { state: 'uploading' }), undefined],
    ['another path', is('b', '1'), 'new'],
  ] as const)
    it(`tell of ${name}`, () => expect(changesSince([file], [was('a', '1')]).things.get(file.path)).toBe(change));

  it('tell what is gone', () => {
    const { gone } = changesSince([is('a', '1')], [was('a', '1'), was('b', '2')]);
    expect(gone.map(({ path }) => path)).toEqual(['b']);
  });

  for (const [name, files, change] of [
    ['as it was', [is('S.logicx/a', '1'), is('S.logicx/b', '2')], 'unchanged'],
    ['with another file', [is('S.logicx/a', '1'), is('S.logicx/b', '2'), is('S.logicx/c', '3')], 'changed'],
    ['with a file less', [is('S.logicx/a', '1')], 'changed'],
    ['on its way', [is('S.logicx/a', '1'), is('S.logicx/b', '', { state: 'queued' })], undefined],
    ['as a new one', [is('T.logicx/a', '1'), is('T.logicx/b', '2')], 'new'],
  ] as const)
    it(`tell of a package ${name}`, () => {
      const { things, gone } = changesSince(files, [was('S.logicx/a', '1'), was('S.logicx/b', '2')]);
      const whole = [{ path: 'S.logicx', size: 2, paths: ['S.logicx/a', 'S.logicx/b'] }];
      expect([...things.values()]).toEqual(change ? [change] : []);
      expect(gone).toEqual(change === 'new' ? whole : []);
    });
});
