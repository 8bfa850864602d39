import { m } from '$lib/paraglide/messages';
import { notices } from './notices.svelte';

/** Copies the text to the clipboard and shows a notice. */
export async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notices.tell(done);
  } catch {
    notices.tell(m.error_internal(), 'bad');
  }
}
