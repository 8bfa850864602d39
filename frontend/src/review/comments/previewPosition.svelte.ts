import type { Spot } from '$lib/order/place';

/**
 * PreviewPosition connects a preview with the comments next to it. The preview sets
 * the buyer's place in the file, and shows another place when the comments ask.
 * It is in this folder because previews import comments, and not vice versa.
 */
export class PreviewPosition {
  /** The buyer's place; {} for a preview without places. */
  spot = $state.raw<Spot>({});
  /** A place that was requested before the preview could show it. */
  wanted: Spot = {};
  /** Shows a place of the file. */
  go: (spot: Spot) => void = (spot) => {
    this.wanted = spot;
  };
  /** Starts a comment on a point without a pointer; null for files without points. */
  pin = $state.raw<(() => void) | null>(null);
}
