import { describe, expect, it } from 'vitest';
import { diff, folded, type Row } from './diff';

const SIGN = { same: ' ', gone: '-', new: '+' } as const;
const lineOf = ({ kind, parts }: Row) => SIGN[kind] + parts.map(({ text }) => text).join('');
const told = (before: string, after: string) => diff(before, after).map(lineOf);
const side = (rows: Row[], without: 'gone' | 'new') =>
  rows.filter(({ kind }) => kind !== without).map((row) => lineOf(row).slice(1));

/** Repeatable pseudo-random numbers below a bound. */
function numbers(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
}

/** The minimum number of changes, by dynamic programming. */
function fewest(a: string[], b: string[]): number {
  let row = b.map((_, n) => n + 1);
  row.unshift(0);
  for (const [x, line] of a.entries()) {
    const next = [x + 1];
    for (const [y, other] of b.entries()) next.push(line === other ? row[y]! : 1 + Math.min(row[y + 1]!, next[y]!));
    row = next;
  }
  return row.at(-1)!;
}

describe('the lines of two texts', () => {
  it('are the same, gone or new', () => {
    expect(told('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([' a', '-b', '+x', ' c', '+d']);
    expect(told('', 'a')).toEqual(['+a']);
    expect(told('a\n', '')).toEqual(['-a']);
    expect(told('', '')).toEqual([]);
    expect(told('a\n\nb', 'a\nb')).toEqual([' a', '-', ' b']);
  });

  it('are the same however they end', () => {
    expect(told('a\r\nb\r\n', 'a\nb')).toEqual([' a', ' b']);
  });

  it('are numbered on both sides', () => {
    const rows = diff('a\nb\nc', 'b\nc\nd');
    expect(rows.map(({ before, after }) => [before, after])).toEqual([
      [1, undefined],
      [2, 1],
      [3, 2],
      [undefined, 3],
    ]);
  });

  it('make up both texts, in the fewest changes', () => {
    const next = numbers(7);
    for (let round = 0; round < 400; round++) {
      const text = () => Array.from({ length: next(14) }, () => 'abcd'[next(4)]!);
      const [a, b] = [text(), text()];
      const rows = diff(a.join('\n'), b.join('\n'));
      expect(side(rows, 'new')).toEqual(a);
      expect(side(rows, 'gone')).toEqual(b);
      expect(rows.filter(({ kind }) => kind !== 'same').length).toBe(fewest(a, b));
    }
  });

  it('that have nothing in common end as well', () => {
    const many = (word: string) => Array.from({ length: 4_000 }, (_, n) => `${word}${n}`);
    const rows = diff(many('a').join('\n'), many('b').join('\n'));
    expect(side(rows, 'new')).toEqual(many('a'));
    expect(side(rows, 'gone')).toEqual(many('b'));
  });
});

describe('a line that was changed', () => {
  const parts = (before: string, after: string) =>
    diff(before, after).map((row) => row.parts.map(({ text, changed }) => (changed ? `[${text}]` : text)).join(''));

  it('shows which words', () => {
    expect(parts('The quick brown fox', 'The slow brown fox')).toEqual([
      'The [quick] brown fox',
      'The [slow] brown fox',
    ]);
    expect(parts('Größe: 12 pt', 'Größe: 14 pt')).toEqual(['Größe: [12] pt', 'Größe: [14] pt']);
    expect(parts('a b c', 'a b c d')).toEqual(['a b c', 'a b c[ d]']);
  });

  it('shows none when hardly any stayed, or there are too many', () => {
    expect(parts('one two three', 'vier fünf sechs')).toEqual(['one two three', 'vier fünf sechs']);
    const long = 'word '.repeat(5_000);
    expect(parts(`${long}a`, `${long}b`)).toEqual([`${long}a`, `${long}b`]);
  });
});

it('equal lines far from any change are left out', () => {
  const text = (line: string) => Array.from({ length: 20 }, (_, n) => (n === 10 ? line : `l${n}`)).join('\n');
  const rows = folded(diff(text('old'), text('new')));
  expect(rows.map((row) => (row.kind === 'skipped' ? row.lines : lineOf(row)))).toEqual([
    7,
    ' l7',
    ' l8',
    ' l9',
    '-old',
    '+new',
    ' l11',
    ' l12',
    ' l13',
    6,
  ]);
  expect(folded(diff('a\nb', 'a\nb'))).toEqual([{ kind: 'skipped', lines: 2 }]);
});
