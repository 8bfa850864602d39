import { describe, expect, it } from 'vitest';
import { compare, previous } from './compare';

const file = (path: string, sha256: string) => ({ id: path, path, size: 1, sha256 });
const told = (before: Record<string, string>, after: Record<string, string>) => {
  const files = (all: Record<string, string>) => Object.entries(all).map(([path, sha]) => file(path, sha));
  return compare(files(before), files(after)).map(
    ({ change, before, after }) => `${change} ${before?.path ?? '-'} ${after?.path ?? '-'}`,
  );
};

describe('two deliveries', () => {
  it('are compared by path and content', () => {
    expect(told({ a: '1', b: '2', c: '3', 'd/e': '4' }, { b: '2', a: '9', f: '5', 'g/e': '4' })).toEqual([
      'changed a a',
      'new - f',
      'moved d/e g/e',
      'gone c -',
      'unchanged b b',
    ]);
  });

  it('with nothing in them have nothing to compare', () => {
    expect([told({}, {}), told({ a: '1' }, {}), told({}, { a: '1' })]).toEqual([[], ['gone a -'], ['new - a']]);
  });

  it('move every file only once, and to its own name first', () => {
    expect(
      told({ 'x/logo.png': '1', 'x/other.png': '1' }, { 'y/other.png': '1', 'y/a.png': '1', 'y/b.png': '1' }),
    ).toEqual(['new - y/b.png', 'moved x/logo.png y/a.png', 'moved x/other.png y/other.png']);
  });

  it('do not move what stayed where it was', () => {
    expect(told({ a: '1' }, { a: '1', 'copy of a': '1' })).toEqual(['new - copy of a', 'unchanged a a']);
    expect(told({ a: '1', b: '2' }, { a: '2', b: '1' })).toEqual(['changed a a', 'changed b b']);
  });

  it('know a name however its accents are written', () => {
    expect(told({ 'gro\u0308ße': '1' }, { größe: '1' })).toEqual(['unchanged gro\u0308ße größe']);
  });

  it('are sorted as people count', () => {
    expect(told({}, { p10: '1', p9: '2' })).toEqual(['new - p9', 'new - p10']);
  });
});

it('the delivery before', () => {
  const deliveries = [3, 1, 2].map((number) => ({ number, delivered_at: '', description: '', files: [], links: [] }));
  expect([1, 2, 3, 9].map((number) => previous(deliveries, number)?.number)).toEqual([undefined, 1, 2, 3]);
});
