/** The order that the page's address names; '' for an address that names none. */
export function orderOf(path: string): string {
  const found = /\/review\/order\/([^/]+)\/?$/.exec(path)?.[1];
  if (!found) return '';
  try {
    return decodeURIComponent(found);
  } catch {
    return '';
  }
}
