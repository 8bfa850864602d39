import { fileName } from '$lib/format/text';
import { m } from '$lib/paraglide/messages';
import { notices } from '$lib/ui/notices.svelte';
import type { OrderDesk } from '../../desk.svelte';

/** Takes a file or a folder out of the draft, and offers to undo that for a while. */
export async function remove(desk: OrderDesk, path: string): Promise<void> {
  if (!(await desk.detach(path))) return;
  notices.tell(m.draft_removed({ path: fileName(path) }), 'good', {
    label: m.draft_undo(),
    act: () => void desk.restore(path),
  });
}
