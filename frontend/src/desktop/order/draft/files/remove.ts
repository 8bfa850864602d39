import { fileName } from '$lib/format/text';
import { m } from '$lib/paraglide/messages';
import { notices } from '$lib/ui/notices.svelte';
import type { OrderDesk } from '../../desk.svelte';

/** Removes a file or a folder from the draft and offers to undo it for a while. */
export async function remove(desk: OrderDesk, path: string): Promise<void> {
  if (!(await desk.detach(path))) return;
  notices.tell(m.draft_removed({ path: fileName(path) }), 'good', {
    label: m.draft_undo(),
    act: () => void desk.restore(path),
  });
}
