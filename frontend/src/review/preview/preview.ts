import type { SharedFile } from '$lib/api/review';

export type Kind = 'image' | 'video' | 'audio' | 'text' | 'pdf' | 'none';

/** How much of a text is shown, in bytes. */
export const TEXT_SHOWN = 256 * 1024;

/** What every browser shows. */
const IMAGES = ['png', 'apng', 'vnd.mozilla.apng', 'jpeg', 'gif', 'webp', 'avif', 'bmp', 'svg+xml'];
/** What the server makes pictures of. */
const PICTURED = ['png', 'apng', 'vnd.mozilla.apng', 'jpeg', 'gif', 'webp', 'tiff', 'bmp'];
/** Up to how many bytes an image comes as it is. */
const LIGHT = 500_000;
const VIDEOS = ['mp4', 'webm', 'quicktime', 'ogg', 'x-m4v'];
const AUDIOS = ['mpeg', 'mp4', 'x-m4a', 'aac', 'wav', 'ogg', 'flac', 'webm'];
const TEXTS = ['json', 'x-ndjson', 'javascript', 'xml', 'x-subrip', 'x-sh', 'x-python', 'x-perl', 'x-php'];

/**
 * How the page can show a file. It only decides what to offer: the server goes
 * by the same types, which it told from the content, and refuses the rest.
 */
export function kindOf({ type = '', size }: SharedFile): Kind {
  const [family, name = ''] = baseOf(type);
  if (size === 0) return 'none';
  if (family === 'image' && (IMAGES.includes(name) || PICTURED.includes(name))) return 'image';
  if (family === 'text' || /\+(xml|json)$/.test(name)) return 'text';
  if (family === 'video' && VIDEOS.includes(name)) return 'video';
  if (family === 'application' && name === 'pdf') return 'pdf';
  if (family === 'audio' && AUDIOS.includes(name)) return 'audio';
  return family === 'application' && TEXTS.includes(name) ? 'text' : 'none';
}

function baseOf(type: string): string[] {
  const [base = ''] = type.toLowerCase().split(';', 1);
  return base.trim().split('/', 2);
}

const imageOf = ({ type = '', size }: SharedFile, names: string[]) => {
  const [family, name = ''] = baseOf(type);
  return size > 0 && family === 'image' && names.includes(name);
};

/** Whether to ask for a small picture of it; the server may have none nevertheless. */
export function hasThumbnail(file: SharedFile): boolean {
  return imageOf(file, PICTURED);
}

/** Whether browsers show the image itself. */
export function browserShows(file: SharedFile): boolean {
  return imageOf(file, IMAGES);
}

/** Whether it is an SVG: sharp at every size, and shown from the server's address only. */
export function isDrawing(file: SharedFile): boolean {
  return imageOf(file, ['svg+xml']);
}

/** Whether to ask for a rendition of an image first: it is heavy, or the browser does not show its kind. */
export function hasRendition(file: SharedFile): boolean {
  return hasThumbnail(file) && (file.size > LIGHT || !browserShows(file));
}

/**
 * Bytes as text: by their byte order mark, else as what they look like: UTF-16
 * without a mark, UTF-8, or the Western European one byte a character that old
 * programs write. A character that is cut at the end is left out.
 */
export function decode(bytes: Uint8Array): string {
  const wide = utf16(bytes);
  if (wide) return decodeAs(bytes, wide);
  const text = decodeAs(bytes, 'utf-8');
  const broken = text.split('\ufffd').length - 1;
  // One broken character makes no Latin text, unless nothing speaks for UTF-8.
  return broken > (text.match(/[\u0080-\ufffc]/g)?.length ?? 0) ? decodeAs(bytes, 'windows-1252') : text;
}

function decodeAs(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes, { stream: true });
}

/** UTF-16 by its mark, or because every other byte of its beginning is mostly zero. */
function utf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  const looked = Math.min(bytes.length, 1_024);
  for (let n = 0; n < looked; n++) if (bytes[n] === 0) zeros[n % 2]! += 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > looked / 4 && even === 0) return 'utf-16le';
  return even > looked / 4 && odd === 0 ? 'utf-16be' : undefined;
}
