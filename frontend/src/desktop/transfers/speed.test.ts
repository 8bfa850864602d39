import { describe, expect, it } from 'vitest';
import { ceiling, outline, speedOf } from './speed';

describe('the speed of the last minutes', () => {
  it('is nothing when nothing moved', () => {
    expect(speedOf([], 0)).toBe(null);
    expect(speedOf([0, 0, 0], 0)).toBe(null);
  });

  it('is counted from when something moved, pauses included', () => {
    expect(speedOf([0, 0, 4, 0, 8], 6)).toEqual({ now: 6, average: 4, most: 8 });
    expect(speedOf([0, 2], 20)).toEqual({ now: 20, average: 2, most: 20 });
  });

  for (const [rate, top] of [
    [0, 1],
    [1, 1],
    [21_300_000, 30_000_000],
    [30_000_000, 30_000_000],
    [99_000, 100_000],
    [760, 1000],
  ] as const)
    it(`fits ${rate} below ${top}`, () => expect(ceiling(rate)).toBe(top));

  it('is drawn from left to right, within its box', () => {
    expect(outline([0, 5, 10, 99], 10, 90, 40)).toBe('M0 40L30 20L60 0L90 0');
    expect(outline([], 10, 90, 40)).toBe('');
    expect(outline([10], 10, 90, 40)).toBe('M0 0');
  });
});
