import type { Spot } from '$lib/order/place';

/**
 * Stage is how a preview and the comments beside it talk: the preview says where
 * in the file the buyer is, and shows another place when it is asked to.
 */
export class Stage {
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
