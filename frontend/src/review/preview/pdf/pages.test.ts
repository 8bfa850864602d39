import { describe, expect, it } from 'vitest';
import { FULL, pageOf, scaleOf, zoomedPage } from './pages';

describe('a page of a PDF', () => {
  const upright = { width: 600, height: 900 };
  const wide = { width: 1800, height: 900 };
  const desktop = { width: 1600 * FULL, height: 900 * FULL };
  const phone = { width: 300 * FULL, height: 900 * FULL };

  it('is fitted: all of it, its width, or as it is comfortable', () => {
    const rounded = [
      scaleOf('page', upright, desktop),
      scaleOf('page', wide, desktop),
      scaleOf('width', upright, desktop),
      scaleOf('width', upright, phone),
      scaleOf('auto', upright, desktop),
      scaleOf('auto', upright, phone),
      scaleOf('auto', { width: 60, height: 90 }, desktop),
    ].map((scale) => scale.toFixed(3));
    expect(rounded).toEqual(['1.000', '0.889', '2.667', '0.500', '1.500', '0.500', '8.000']);
  });

  it('has some size before anything is known of it', () => {
    expect(scaleOf('auto', { width: 0, height: 0 }, desktop)).toBe(1);
    expect(scaleOf('width', upright, { width: -32, height: -32 })).toBe(1);
    expect([scaleOf(0.001, upright, desktop), scaleOf(100, upright, desktop)]).toEqual([0.1, 8]);
  });

  it('stops at its own size on the way', () => {
    expect([zoomedPage(0.9, 1), zoomedPage(1.1, -1), zoomedPage(1, 1), zoomedPage(1, -1)]).toEqual([1, 1, 1.25, 0.8]);
    expect([zoomedPage(7.9, 1), zoomedPage(0.11, -1)]).toEqual([8, 0.1]);
  });

  it('is found by what somebody writes', () => {
    expect(['2', ' 3 ', '0', '-4', '99', 'x', '', '1e9', '2.9'].map((text) => pageOf(text, 5, 7))).toEqual([
      2, 3, 1, 1, 7, 5, 5, 1, 2,
    ]);
  });
});
