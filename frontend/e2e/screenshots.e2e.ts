// Pictures of the main screens in both themes, both languages and three sizes,
// below the folder SHOTS, and those of README.md. Without SHOTS it is skipped.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { here } from '../vite.shared.ts';
import { orders, serveReview } from './fake/review.ts';
import * as life from './fake/samples.life.ts';
import * as samples from './fake/samples.ts';
import { startFake, type Scenario } from './fake/window.ts';
import { clipped, open, type Look } from './harness/browser.ts';
import { windowServed } from './harness/flow.ts';

const folder = process.env.SHOTS;
const base: Scenario = {
  state: samples.signedIn,
  pages: samples.allPages,
  history: life.history,
  transfers: life.transfers,
  earnings: life.earnings,
};
const openOrder = (id: string) => (page: Page) => page.locator(`[data-order="${id}"]`).click();
const nav = (n: number) => (page: Page) => page.locator('nav button').nth(n).click();
const others = (id: string) => samples.allPages.filter(({ order }) => order.id !== id);

const screens: Record<string, [Scenario, (page: Page) => Promise<void>]> = {
  start: [{ ...base, state: samples.signedOut }, async () => {}],
  orders: [base, async () => {}],
  order: [{ ...base, pages: [...others('logo'), samples.revising] }, openOrder('logo')],
  uploading: [{ ...base, pages: [...others('film'), samples.uploading] }, openOrder('film')],
  transfers: [base, nav(4)],
  earnings: [base, nav(5)],
};

const looks: Look[] = (['en-GB', 'de-DE'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    (
      [
        [900, 600],
        [1280, 800],
        [1920, 1200],
      ] as const
    ).map(([width, height]) => ({ locale, theme, width, height })),
  ),
);
const nameOf = (look: Look) => `${look.locale?.slice(0, 2)}-${look.theme}-${look.width}x${look.height}`;

/** The pictures in README.md and their names. */
const readme: Record<string, string> = {
  'order/en-light-1280x800': 'window.png',
  'transfers/en-light-1280x800': 'transfers.png',
  'review/en-light-1280x800': 'review.png',
};

describe.runIf(folder)('pictures', () => {
  const shared = windowServed();

  async function shot(name: string, look: Look, go: (page: Page) => Promise<unknown>): Promise<string[]> {
    const { page, complaints, close } = await open(shared.browser, look, samples.NOW);
    await go(page);
    await page.mouse.move(0, 0);
    // The live stream never ends, so the network is never idle.
    await page.waitForFunction(
      () => document.fonts.status === 'loaded' && [...document.images].every((i) => i.complete),
    );
    await page.waitForTimeout(150); // fade-in animations have ended
    const key = `${name}/${nameOf(look)}`;
    for (const path of [join(folder!, `${key}.png`), readme[key] && here(`../build/images/${readme[key]}`)]) {
      if (!path) continue;
      mkdirSync(dirname(path), { recursive: true });
      await page.screenshot({ path });
    }
    const faults = [...complaints, ...(await clipped(page))];
    await close();
    return faults.map((fault) => `${key}: ${fault}`);
  }

  for (const [name, [scenario, act]] of Object.entries(screens))
    it(name, async () => {
      const faults: string[] = [];
      for (const look of looks) {
        const go = async (page: Page) => {
          await startFake(page, scenario);
          await page.goto(shared.url);
          await page.locator('main, [role=alert]').first().waitFor();
          await act(page);
        };
        faults.push(...(await shot(name, look, go)));
      }
      expect(faults).toEqual([]);
    });

  it('review', async () => {
    const server = await serveReview(orders.delivered!);
    const faults: string[] = [];
    for (const look of looks)
      faults.push(
        ...(await shot('review', look, async (page) => {
          await page.goto(`${server.url}/review/order/logo`);
          await page.locator('h1').waitFor();
        })),
      );
    await server.close();
    expect(faults).toEqual([]);
  });
});
