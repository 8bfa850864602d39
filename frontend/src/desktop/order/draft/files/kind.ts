import File from '@lucide/svelte/icons/file';
import FileArchive from '@lucide/svelte/icons/file-archive';
import FileText from '@lucide/svelte/icons/file-text';
import Film from '@lucide/svelte/icons/film';
import Image from '@lucide/svelte/icons/image';
import Music from '@lucide/svelte/icons/music';

const KINDS: [RegExp, typeof File][] = [
  [/\.(png|jpe?g|gif|webp|avif|hei[cf]|tiff?|bmp|svg|psd|ai|eps|raw|cr2|nef|arw|dng)$/i, Image],
  [/\.(mov|mp4|m4v|mkv|webm|avi|mxf|prproj|aep)$/i, Film],
  [/\.(wav|mp3|flac|aiff?|ogg|opus|m4a|aac|mid)$/i, Music],
  [/\.(zip|7z|rar|tar|gz|tgz|xz|zst)$/i, FileArchive],
  [/\.(pdf|txt|md|rtf|docx?|odt|pages|srt|vtt|csv|xlsx?|ods|pptx?|key|html?)$/i, FileText],
];

/** The icon for a file name. The content may be of another type. */
export function kindIcon(path: string): typeof File {
  return KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? File;
}

/** Whether the file may have a small picture. */
export function hasThumbnail(path: string): boolean {
  return /\.(png|jpe?g|gif|webp)$/i.test(path);
}
