interface Size {
  width: number;
  height: number;
}

const STEP = 1.5;
const LARGEST = 16;

/** The scale at which an image fits into a window; small images stay as they are, unless they grow. */
export function fitting(image: Size, window: Size, grows = false): number {
  if (image.width <= 0 || image.height <= 0 || window.width <= 0 || window.height <= 0) return 1;
  return Math.min(grows ? Infinity : 1, window.width / image.width, window.height / image.height);
}

/**
 * The scale some steps further in, or out when steps is negative. On its way it
 * stops at the image's own size, and it ends where the image fits: 0 stands for that.
 */
export function zoomed(scale: number, steps: number, fit: number): number {
  const next = scale * STEP ** steps;
  const passes = (scale < 0.999 && next > 1) || (scale > 1.001 && next < 1);
  const to = passes ? 1 : next;
  return to <= fit ? 0 : Math.min(LARGEST, to);
}

/** Where a point of the window lies in a box: 0 to 1 from its left and top. */
export function within(box: DOMRect, x: number, y: number): { x: number; y: number } {
  const kept = (v: number) => Math.min(1, Math.max(0, Math.round(v * 10_000) / 10_000));
  return { x: kept((x - box.left) / box.width), y: kept((y - box.top) / box.height) };
}
