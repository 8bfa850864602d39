import File from '@lucide/svelte/icons/file';
import FileText from '@lucide/svelte/icons/file-text';
import FileType from '@lucide/svelte/icons/file-type';
import Film from '@lucide/svelte/icons/film';
import Image from '@lucide/svelte/icons/image';
import Music from '@lucide/svelte/icons/music';
import type { Kind } from '../preview/preview';

/** The icon before a file's name. */
export const icons: Record<Kind, typeof File> = {
  image: Image,
  video: Film,
  audio: Music,
  text: FileText,
  pdf: FileType,
  none: File,
};
