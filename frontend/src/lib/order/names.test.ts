import { describe, expect, it } from 'vitest';
import { byName } from './names';
import { rows } from './tree';

describe('names', () => {
  it('are sorted the same way for everybody', () => {
    const sorted = [
      '',
      ' a',
      '1.txt',
      '2.txt',
      '010.txt',
      '10.txt',
      '10a.txt',
      '99999999999999999999.txt',
      '100000000000000000000.txt',
      '_notes',
      'A.txt',
      'a.txt',
      'ä.txt',
      'B.txt',
      'Strasse 1',
      'Straße 2',
      'z.txt',
      'Ω',
      '日本',
      '🎬',
    ];
    for (const one of [[...sorted].reverse(), [...sorted].sort()]) expect(one.sort(byName)).toEqual(sorted);
  });

  it('compares names that are written in two ways', () => {
    expect(byName('ä', 'a\u0308')).not.toBe(0);
    expect(Math.sign(byName('ä', 'a\u0308'))).toBe(-Math.sign(byName('a\u0308', 'ä')));
    expect(byName('Film 2.mov', 'film 10.mov')).toBeLessThan(0);
    expect(byName('same', 'same')).toBe(0);
  });

  it('puts folders first, each by its own name', () => {
    const files = ['b.txt', 'Zoo/10.jpg', 'zoo/9.jpg', 'a.txt', 'Zoo/9.jpg', 'art/ä/1.jpg', 'art/z.jpg'];
    const order = rows(
      files.map((path) => ({ path, size: 1 })),
      new Set(),
    );
    expect(order.flatMap((row) => (row.kind === 'file' ? row.file.path : []))).toEqual([
      'art/ä/1.jpg',
      'art/z.jpg',
      'Zoo/9.jpg',
      'Zoo/10.jpg',
      'zoo/9.jpg',
      'a.txt',
      'b.txt',
    ]);
  });
});
