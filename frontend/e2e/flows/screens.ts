// How every screen is checked: in both themes, both languages and all sizes
// nothing is cut off, axe finds no violations, and the page reports no errors.
// With SCREENS=1 the pictures are kept in test-results/screens.
import type { Browser, Page } from 'playwright-core';
import { NOW } from '../fake/samples.ts';
import { clipped, leave, open, picture, violations, type Look, type Opened } from '../harness/browser.ts';

export type Act = (page: Page) => Promise<unknown>;

/** The only screen to check, if SCREEN is set. */
export const only = process.env.SCREEN;
const keep = process.env.SCREENS !== undefined;
/** The combinations that axe checks: both themes, both languages, both sizes. */
const looked = ['en-light-1280x800', 'de-dark-900x600', 'de-dark-390x844'];

/** All combinations for the pictures; otherwise two that differ in every property. */
export function looks(small: [number, number], large: [number, number]): Look[] {
  const look = (locale: Look['locale'], theme: Look['theme'], [width, height]: [number, number]) => ({
    locale,
    theme,
    width,
    height,
  });
  if (!keep) return [look('en-GB', 'light', large), look('de-DE', 'dark', small)];
  return [small, large].flatMap((size) =>
    (['en-GB', 'de-DE'] as const).flatMap((locale) =>
      (['light', 'dark'] as const).map((theme) => look(locale, theme, size)),
    ),
  );
}
export const nameOf = (look: Look) => `${look.locale?.slice(0, 2)}-${look.theme}-${look.width}x${look.height}`;

/** Opens a screen. The function that it resolves to is called after the checks. */
export type Go = (page: Page) => Promise<(() => Promise<void>) | void>;

/** The pages for the checks, one per combination, because opening pages takes the most time. */
export class Looker {
  #browser: () => Browser;
  #pages = new Map<string, Opened>();

  constructor(browser: () => Browser) {
    this.#browser = browser;
  }

  async #at(look: Look): Promise<Opened> {
    const found = this.#pages.get(nameOf(look));
    if (found) return found;
    const opened = await open(this.#browser(), look, NOW);
    this.#pages.set(nameOf(look), opened);
    return opened;
  }

  /** Resolves to the faults of a screen that go and acts open; the larger size is checked in the same page. */
  async faultsOf(name: string, look: Look, go: Go, acts: Act[], larger?: Look): Promise<string[]> {
    const opened = await this.#at(look);
    try {
      return await faultsIn(opened, `screens/${name}`, look, go, acts, larger);
    } catch (error) {
      this.#pages.delete(nameOf(look)); // the next screen gets a new page
      await opened.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const { close } of this.#pages.values()) await close();
    this.#pages.clear();
  }
}

async function faultsIn({ page, complaints }: Opened, place: string, look: Look, go: Go, acts: Act[], larger?: Look) {
  complaints.length = 0;
  await page.mouse.move(0, 0);
  const after = await go(page);
  for (const act of acts) {
    await act(page);
    await page.waitForTimeout(60);
  }
  const found = await faults(page, place, look);
  if (larger) {
    await page.setViewportSize({ width: larger.width!, height: larger.height! });
    found.push(...(await faults(page, place, larger)));
    await page.setViewportSize({ width: look.width!, height: look.height! });
  }
  await after?.();
  await leave(page); // before the next screen counts its errors
  return [...found, ...complaints.filter((c) => !/40[14]/.test(c))];
}

async function faults(page: Page, place: string, look: Look): Promise<string[]> {
  await page.waitForTimeout(80);
  if (keep) await picture(page, `${place}/${nameOf(look)}`);
  const found = await clipped(page);
  if (looked.includes(nameOf(look))) found.push(...(await violations(page)));
  return [...new Set(found)].map((fault) => `${nameOf(look)}: ${fault}`);
}
