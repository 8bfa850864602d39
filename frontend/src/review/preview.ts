import type { SharedFile } from '$lib/api/review';

export type Kind = 'image' | 'video' | 'audio' | 'text' | 'pdf' | 'none';

/** How much of a text is shown, in bytes. */
export const TEXT_SHOWN = 256 * 1024;

const IMAGES = ['png', 'apng', 'vnd.mozilla.apng', 'jpeg', 'gif', 'webp', 'avif', 'bmp'];
const VIDEOS = ['mp4', 'webm', 'quicktime', 'ogg', 'x-m4v'];
const AUDIOS = ['mpeg', 'mp4', 'x-m4a', 'aac', 'wav', 'ogg', 'flac', 'webm'];
const TEXTS = ['json', 'x-ndjson', 'javascript', 'xml', 'x-subrip', 'x-sh', 'x-python', 'x-perl', 'x-php'];

/**
 * How the page can show a file. It only decides what to offer: the server goes
 * by the same types, which it told from the content, and refuses the rest.
 */
export function kindOf({ type = '', size }: SharedFile): Kind {
  const [base = ''] = type.toLowerCase().split(';', 1);
  const [family, name = ''] = base.trim().split('/', 2);
  if (size === 0) return 'none';
  if (family === 'text' || /\+(xml|json)$/.test(name)) return 'text';
  if (family === 'image' && IMAGES.includes(name)) return 'image';
  if (family === 'video' && VIDEOS.includes(name)) return 'video';
  if (family === 'application' && name === 'pdf') return 'pdf';
  if (family === 'audio' && AUDIOS.includes(name)) return 'audio';
  return family === 'application' && TEXTS.includes(name) ? 'text' : 'none';
}

/** Bytes as text: by their byte order mark, else as UTF-8. A character that is cut at the end is left out. */
export function decode(bytes: Uint8Array): string {
  const [a, b] = bytes;
  const encoding = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes, { stream: true });
}
