/** The prefix of the server's paths: '' unless the server's public address has a path. */
export function serverRoot(page: string): string {
  return /^(.*)\/review\//.exec(page)?.[1] ?? '';
}
