import { m } from '$lib/paraglide/messages';
import { notices } from './notices.svelte';

/** Puts the text on the clipboard and says so. */
export async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notices.tell(done);
  } catch {
    notices.tell(m.error_internal(), 'bad');
  }
}
