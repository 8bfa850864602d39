// How every screen is looked at: in both themes, both languages and all sizes
// nothing is cut off, axe finds nothing, and nothing complains. With SCREENS=1
// the pictures of all of them are kept in test-results/screens.
import type { Browser, Page } from 'playwright-core';
import { NOW } from '../fake/samples.ts';
import { clipped, open, picture, violations, type Look } from '../harness/browser.ts';

export type Act = (page: Page) => Promise<unknown>;

/** The one screen that SCREEN asks for. */
export const only = process.env.SCREEN;
const keep = process.env.SCREENS !== undefined;
/** The looks that axe goes over: both themes, both languages, both sizes. */
const looked = ['en-light-1280x800', 'de-dark-900x600', 'de-dark-390x844'];

/** Every combination for the pictures; otherwise two that differ in everything. */
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

/** Resolves to the faults of a screen, which go opens and acts bring about; larger is looked at in the same page. */
export async function faultsOf(browser: Browser, name: string, look: Look, go: Act, acts: Act[], larger?: Look) {
  const { page, complaints, close } = await open(browser, look);
  try {
    await page.clock.setFixedTime(NOW);
    await go(page);
    for (const act of acts) {
      await act(page);
      await page.waitForTimeout(60);
    }
    const found = await faults(page, `screens/${name}`, look);
    if (larger) {
      await page.setViewportSize({ width: larger.width!, height: larger.height! });
      found.push(...(await faults(page, `screens/${name}`, larger)));
    }
    return [...found, ...complaints.filter((c) => !/40[14]/.test(c))];
  } finally {
    await close();
  }
}

async function faults(page: Page, place: string, look: Look): Promise<string[]> {
  await page.waitForTimeout(80);
  if (keep) await picture(page, `${place}/${nameOf(look)}`);
  const found = await clipped(page);
  if (looked.includes(nameOf(look))) found.push(...(await violations(page)));
  return [...new Set(found)].map((fault) => `${nameOf(look)}: ${fault}`);
}
