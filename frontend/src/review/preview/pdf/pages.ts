/** How a page of a PDF is scaled: fit the page, fit the width, or a fixed scale. */
export type Fit = 'auto' | 'width' | 'page' | number;

interface Size {
  width: number;
  height: number;
}

const STEP = 1.25;
const SMALLEST = 0.1;
const LARGEST = 8;
/** The maximum scale of a page before the reader zooms. */
const COMFORTABLE = 1.5;

/** CSS pixels per point at 100 %. */
export const FULL = 96 / 72;

/** The scale (1 for 100 %) of a page with a size in points, in a window with a size in CSS pixels. */
export function scaleOf(fit: Fit, page: Size, window: Size): number {
  if (typeof fit === 'number') return within(fit);
  if (page.width <= 0 || page.height <= 0 || window.width <= 0 || window.height <= 0) return 1;
  const width = window.width / (page.width * FULL);
  const whole = Math.min(width, window.height / (page.height * FULL));
  if (fit === 'page') return within(whole);
  return within(fit === 'width' ? width : Math.min(width, Math.max(whole, COMFORTABLE)));
}

/** The scale after some steps in, or out for negative steps; it stops at 100 %. */
export function zoomedPage(scale: number, steps: number): number {
  const next = scale * STEP ** steps;
  const passes = (scale < 0.999 && next > 1) || (scale > 1.001 && next < 1);
  return passes ? 1 : within(next);
}

/** The page number that was typed into a field; the current page for invalid input. */
export function pageOf(text: string, current: number, pages: number): number {
  const n = Number.parseInt(text, 10);
  return Number.isNaN(n) ? current : Math.min(pages, Math.max(1, n));
}

function within(scale: number): number {
  return Math.min(LARGEST, Math.max(SMALLEST, scale));
}
