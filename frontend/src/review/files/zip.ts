import type { Delivery, ReviewApi, SharedFile } from '$lib/api/review';

/** The ids of how many files fit into an address that every proxy takes. */
export const MOST = 200;

/** Where these files of a delivery can be downloaded as one zip; undefined when they are too many for an address. */
export function zipOf(api: ReviewApi, delivery: Delivery, files: readonly SharedFile[]): string | undefined {
  if (files.length === delivery.files.length) return api.archiveUrl(delivery.number);
  return files.length > MOST
    ? undefined
    : api.archiveUrl(
        delivery.number,
        files.map(({ id }) => id),
      );
}
