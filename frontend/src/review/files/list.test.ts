import { flippedBy } from '$lib/order/tree';
import { describe, expect, it } from 'vitest';
import { folderOf, inOrder, listed, type Sort } from './list';
import { drawn, lines, revealed } from './window';

const file = (path: string, size: number) => ({ id: path, path, size, sha256: '' });
const files = [
  file('b/Zug 10.png', 3),
  file('b/zug 9.PNG', 1),
  file('Äpfel.txt', 2),
  file('a.mov', 9),
  file('b/c/x', 2),
];
const order = (sort: Sort, query = '', arranged = false) =>
  inOrder(files, { query, sort, arranged }).map(({ path }) => path);

describe('the list of files', () => {
  it('sorts by folder, name, size and type, or as the seller did', () => {
    expect(order('given')).toEqual(['b/c/x', 'b/zug 9.PNG', 'b/Zug 10.png', 'a.mov', 'Äpfel.txt']);
    expect(order('given', '', true)).toEqual(['b/Zug 10.png', 'b/zug 9.PNG', 'b/c/x', 'Äpfel.txt', 'a.mov']);
    expect(order('name')).toEqual(['a.mov', 'Äpfel.txt', 'b/c/x', 'b/zug 9.PNG', 'b/Zug 10.png']);
    expect(order('size')).toEqual(['a.mov', 'b/Zug 10.png', 'Äpfel.txt', 'b/c/x', 'b/zug 9.PNG']);
    expect(order('type')).toEqual(['b/c/x', 'a.mov', 'b/zug 9.PNG', 'b/Zug 10.png', 'Äpfel.txt']);
  });

  it('finds every word of a search anywhere in the path', () => {
    expect(order('given', '  ')).toHaveLength(5);
    expect(order('given', 'ZUG png')).toEqual(['b/zug 9.PNG', 'b/Zug 10.png']);
    expect(order('name', 'apfel')).toEqual(['Äpfel.txt']);
    expect(order('name', 'b/ 10')).toEqual(['b/Zug 10.png']);
    expect(order('size', 'zebra')).toEqual([]);
  });

  it('searches in closed folders too', () => {
    const closed = flippedBy(new Set(['b']));
    const of = (query: string) =>
      listed(files, { query, sort: 'given', arranged: false }, closed).map(({ key }) => key);
    expect(of('')).toEqual(['b/', 'a.mov', 'Äpfel.txt']);
    expect(of('zug 9')).toEqual(['b/', 'b/zug 9.PNG']);
  });

  it('has a package closed, and looks into it when it searches or goes through all files', () => {
    const song = [file('Song.logicx/ProjectData', 1), file('a.txt', 1)];
    const listing = { query: '', sort: 'given', arranged: false } as const;
    const keys = (query: string) => listed(song, { ...listing, query }, flippedBy(new Set())).map(({ key }) => key);
    expect(keys('')).toEqual(['Song.logicx/', 'a.txt']);
    expect(keys('project')).toEqual(['Song.logicx/', 'Song.logicx/ProjectData']);
    expect(inOrder(song, listing)).toEqual(song);
  });

  it('knows the folder of a file', () => {
    expect([folderOf(files[4]!), folderOf(files[3]!)]).toEqual(['b/c', '']);
  });
});

describe('a long list', () => {
  it('draws what is seen and a little more', () => {
    expect(drawn(0, 560, 56, 2_000)).toEqual([0, 18]);
    expect(drawn(56_000, 560, 56, 2_000)).toEqual([992, 1_018]);
    expect(drawn(111_440, 560, 56, 2_000)).toEqual([1_982, 2_000]);
    expect(drawn(99_999, 560, 56, 3)).toEqual([3, 3]);
  });

  it('scrolls no further than it has to', () => {
    expect(revealed(560, 560, 56, 12)).toBe(560);
    expect(revealed(560, 560, 56, 3)).toBe(168);
    expect(revealed(560, 560, 56, 20)).toBe(616);
  });

  it('is cut into lines for a grid', () => {
    expect(lines([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect([lines([], 4), lines([1], 0)]).toEqual([[], [[1]]]);
  });
});
