import type { SharedFile } from '$lib/api/review';

export type Kind = 'image' | 'video' | 'audio' | 'text' | 'pdf' | 'none';

/** How much of a text file is shown, in bytes. */
export const TEXT_SHOWN = 256 * 1024;

/** Image types that every browser shows. */
const IMAGES = ['png', 'apng', 'vnd.mozilla.apng', 'jpeg', 'gif', 'webp', 'avif', 'bmp', 'svg+xml'];
/** Image types that the server makes pictures of. */
const PICTURED = ['png', 'apng', 'vnd.mozilla.apng', 'jpeg', 'gif', 'webp', 'tiff', 'bmp'];
/** Larger images are shown as a rendition first. */
const LIGHT = 500_000;
const VIDEOS = ['mp4', 'webm', 'quicktime', 'ogg', 'x-m4v'];
const AUDIOS = ['mpeg', 'mp4', 'x-m4a', 'aac', 'wav', 'ogg', 'flac', 'webm'];
const TEXTS = ['json', 'x-ndjson', 'javascript', 'xml', 'x-subrip', 'x-sh', 'x-python', 'x-perl', 'x-php'];

/**
 * How the page can show a file. This only decides what to offer: the server
 * detects the type from the content and refuses all other types.
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

/** Whether to request a small picture of the file; the server may still have none. */
export function hasThumbnail(file: SharedFile): boolean {
  return imageOf(file, PICTURED);
}

/** Whether browsers show the image itself. */
export function browserShows(file: SharedFile): boolean {
  return imageOf(file, IMAGES);
}

/** Whether the file is an SVG: sharp at every size, and shown only from the server's address. */
export function isDrawing(file: SharedFile): boolean {
  return imageOf(file, ['svg+xml']);
}

/** Whether to load a rendition of an image first: the file is large, or browsers cannot show its type. */
export function hasRendition(file: SharedFile): boolean {
  return hasThumbnail(file) && (file.size > LIGHT || !browserShows(file));
}

/**
 * Decodes bytes as text: by their byte order mark, or else by content: UTF-16
 * without a mark, UTF-8, or Windows-1252, which old programs write. An
 * incomplete character at the end is dropped.
 */
export function decode(bytes: Uint8Array): string {
  const wide = utf16(bytes);
  if (wide) return decodeAs(bytes, wide);
  const text = decodeAs(bytes, 'utf-8');
  const broken = text.split('\ufffd').length - 1;
  // A few broken characters do not make it Latin text, unless nothing suggests UTF-8.
  return broken > (text.match(/[\u0080-\ufffc]/g)?.length ?? 0) ? decodeAs(bytes, 'windows-1252') : text;
}

function decodeAs(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes, { stream: true });
}

/** UTF-16 by its mark, or because every other byte at the start is mostly zero. */
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
