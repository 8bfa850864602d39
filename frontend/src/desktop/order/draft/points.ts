import type { Point } from '$lib/api/views';
import { spotText } from '$lib/order/place';
import { m } from '$lib/paraglide/messages';

/** The place of a point as text. */
export function placeOf({ path, seconds, page, line, delivery }: Point): string {
  if (path === '') return `${m.delivery_title({ n: delivery })}: ${m.comment_whole()}`;
  const spot = spotText({ ...(seconds >= 0 && { seconds }), page, line });
  return spot === '' ? path : `${path}, ${spot}`;
}
