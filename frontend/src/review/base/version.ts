/** The script that this page was begun with; its name has a hash of its content. */
const own = () => document.querySelector('script[type=module][src]')?.getAttribute('src') ?? '';

/**
 * Whether the server has another version of this page than the one that is
 * shown. Rejects when the server does not answer, or something else does.
 */
export async function outdated(): Promise<boolean> {
  const response = await fetch(location.pathname, { cache: 'no-store' });
  const page = await response.text();
  if (!response.ok || !page.includes('id="app"')) throw new Error('this is not the page');
  return !page.includes(`"${own()}"`);
}

const RELOADED = 'handover.reloaded';

/**
 * Reloads the page if nothing that somebody has written is on it, and if that
 * was not tried before; false when it was not done.
 */
export function reloadUnseen(): boolean {
  if ([...document.querySelectorAll('textarea')].some(({ value }) => value.trim() !== '')) return false;
  try {
    if (sessionStorage.getItem(RELOADED) === own()) return false;
    sessionStorage.setItem(RELOADED, own());
  } catch {
    return false; // it could not be known whether it was tried
  }
  location.reload();
  return true;
}
