import type { Delivery, ReviewApi, SharedFile } from '$lib/api/review';

/** How many file ids fit into an address that every proxy accepts. */
export const MOST = 200;

/** The address of a zip of these files of a delivery; undefined for too many files. */
export function zipOf(api: ReviewApi, delivery: Delivery, files: readonly SharedFile[]): string | undefined {
  if (files.length === delivery.files.length) return api.archiveUrl(delivery.number);
  return files.length > MOST
    ? undefined
    : api.archiveUrl(
        delivery.number,
        files.map(({ id }) => id),
      );
}
