/** The order id in the page's address; '' for none. */
export function orderOf(path: string): string {
  const found = /\/review\/order\/([^/]+)\/?$/.exec(path)?.[1];
  if (!found) return '';
  try {
    return decodeURIComponent(found);
  } catch {
    return '';
  }
}
