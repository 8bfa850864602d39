/** A step in a list of files. */
export type Step = 'previous' | 'next' | 'first' | 'last';

const KEYS: Record<string, Step> = { ArrowLeft: 'previous', ArrowRight: 'next', Home: 'first', End: 'last' };

/** The step of a key; undefined where the key has another use. */
export function stepOf(event: KeyboardEvent): Step | undefined {
  const step = KEYS[event.key];
  if (!step || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
    return undefined;
  return takesKeys(event.target as Element | null) ? undefined : step;
}

/** Fields, players and wide scroll areas use the arrow keys themselves. */
function takesKeys(target: Element | null): boolean {
  if (!target || target.closest('input, textarea, select, video, audio, [contenteditable]')) return true;
  return isWide(target);
}

function isWide(target: Element | null): boolean {
  for (let at = target; at && at.tagName !== 'DIALOG'; at = at.parentElement)
    if (at.scrollWidth > at.clientWidth + 1 && getComputedStyle(at).overflowX !== 'visible') return true;
  return false;
}

/** The minimum distance of a swipe, in pixels. */
const FAR = 60;

/** The step of a finger that moved by this distance. */
export function swiped(across: number, down: number, target: Element | null): Step | undefined {
  if (Math.abs(across) < FAR || Math.abs(across) < 2 * Math.abs(down)) return undefined;
  if (!target || target.closest('input, textarea, select, video, audio') || isWide(target)) return undefined;
  return across < 0 ? 'next' : 'previous';
}
