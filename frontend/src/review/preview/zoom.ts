interface Size {
  width: number;
  height: number;
}

const STEP = 1.5;
const LARGEST = 16;

/** The scale that fits an image into a window. Small images are enlarged only if grow is set. */
export function fitting(image: Size, window: Size, grows = false): number {
  if (image.width <= 0 || image.height <= 0 || window.width <= 0 || window.height <= 0) return 1;
  return Math.min(grows ? Infinity : 1, window.width / image.width, window.height / image.height);
}

/**
 * The scale after some steps in, or out for negative steps. It stops at the
 * image's own size on the way and ends at 0, which fits the image.
 */
export function zoomed(scale: number, steps: number, fit: number): number {
  const next = scale * STEP ** steps;
  const passes = (scale < 0.999 && next > 1) || (scale > 1.001 && next < 1);
  const to = passes ? 1 : next;
  return to <= fit ? 0 : Math.min(LARGEST, to);
}

/** The position of a point of the window in a box: 0 to 1 from the left and top. */
export function within(box: DOMRect, x: number, y: number): { x: number; y: number } {
  const kept = (v: number) => Math.min(1, Math.max(0, Math.round(v * 10_000) / 10_000));
  return { x: kept((x - box.left) / box.width), y: kept((y - box.top) / box.height) };
}
