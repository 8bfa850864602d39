import type { Spot } from '$lib/order/place';

/**
 * PreviewPosition connects a preview and the comments beside it. The preview sets
 * where in the file the buyer is, and shows another place when the comments ask.
 * It lies here because previews import comments, and not the other way round.
 */
export class PreviewPosition {
  /** Where the buyer is; {} while the preview has no places. */
  spot = $state.raw<Spot>({});
  /** What was asked for before the preview could show it. */
  wanted: Spot = {};
  /** Shows a place of the file. */
  go: (spot: Spot) => void = (spot) => {
    this.wanted = spot;
  };
  /** Begins to pin a point without a pointer; null where there are no points. */
  pin = $state.raw<(() => void) | null>(null);
}
