/** The path at which the server's own paths begin: '' unless its public address has a path, as seen by the page. */
export function serverRoot(page: string): string {
  return /^(.*)\/review\//.exec(page)?.[1] ?? '';
}
