/** How a page of a PDF is fitted: all of it, its width, or at a scale of its own. */
export type Fit = 'auto' | 'width' | 'page' | number;

interface Size {
  width: number;
  height: number;
}

const STEP = 1.25;
const SMALLEST = 0.1;
const LARGEST = 8;
/** How large a page is shown at most before anybody zooms. */
const COMFORTABLE = 1.5;

/** CSS pixels a point at 100 %. */
export const FULL = 96 / 72;

/** The scale, 1 for 100 %, at which a page of a size in points is shown in a window of CSS pixels. */
export function scaleOf(fit: Fit, page: Size, window: Size): number {
  if (typeof fit === 'number') return within(fit);
  if (page.width <= 0 || page.height <= 0 || window.width <= 0 || window.height <= 0) return 1;
  const width = window.width / (page.width * FULL);
  const whole = Math.min(width, window.height / (page.height * FULL));
  if (fit === 'page') return within(whole);
  return within(fit === 'width' ? width : Math.min(width, Math.max(whole, COMFORTABLE)));
}

/** The scale some steps further in, or out when steps is negative; it stops at 100 %. */
export function zoomedPage(scale: number, steps: number): number {
  const next = scale * STEP ** steps;
  const passes = (scale < 0.999 && next > 1) || (scale > 1.001 && next < 1);
  return passes ? 1 : within(next);
}

/** The page that somebody meant who wrote it into a field; the current one for nonsense. */
export function pageOf(text: string, current: number, pages: number): number {
  const n = Number.parseInt(text, 10);
  return Number.isNaN(n) ? current : Math.min(pages, Math.max(1, n));
}

function within(scale: number): number {
  return Math.min(LARGEST, Math.max(SMALLEST, scale));
}
