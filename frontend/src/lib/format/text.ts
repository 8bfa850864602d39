/** The length of a text in Unicode code points, as the rules count it. */
export function length(text: string): number {
  let n = 0;
  for (const point of text) n += point ? 1 : 0;
  return n;
}

/** A SHA-256 short enough to read: its first and last characters. */
export function shortHash(sha256: string): string {
  return sha256.length > 16 ? `${sha256.slice(0, 8)}…${sha256.slice(-4)}` : sha256;
}

/** The last part of a path on this computer or in a delivery. */
export function fileName(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
}

/** The host of an address, to show where a link leads. */
export function host(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Whether the address may be a link of a delivery: https, a host, no password in it. */
export function isLink(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  return protocol === 'https:' && hostname !== '' && username === '' && password === '';
}
