/** The script that loaded this page; its name contains a hash of its content. */
const own = () => document.querySelector('script[type=module][src]')?.getAttribute('src') ?? '';

/**
 * Whether the server has another version of this page. Rejects if the server does
 * not answer, or if something else answers.
 */
export async function outdated(): Promise<boolean> {
  const response = await fetch(location.pathname, { cache: 'no-store' });
  const page = await response.text();
  if (!response.ok || !page.includes('id="app"')) throw new Error('this is not the page');
  return !page.includes(`"${own()}"`);
}

const RELOADED = 'handover.reloaded';

/**
 * Reloads the page, unless it has unsent text or was reloaded before. Returns
 * false if it did not reload.
 */
export function reloadUnseen(): boolean {
  if ([...document.querySelectorAll('textarea')].some(({ value }) => value.trim() !== '')) return false;
  try {
    if (sessionStorage.getItem(RELOADED) === own()) return false;
    sessionStorage.setItem(RELOADED, own());
  } catch {
    return false; // without storage a second reload cannot be prevented
  }
  location.reload();
  return true;
}
