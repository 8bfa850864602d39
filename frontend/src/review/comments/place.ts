import type { Anchor, Delivery } from '$lib/api/review';
import { spotText } from '$lib/order/place';
import { m } from '$lib/paraglide/messages';

/** The place of a comment in a delivery as text. */
export function placeIn(delivery: Delivery | undefined, anchor: Anchor): string {
  const path = delivery?.files.find(({ id }) => id === anchor.file)?.path;
  if (!path) return m.comment_whole();
  const spot = spotText(anchor);
  return spot === '' ? path : `${path}, ${spot}`;
}
