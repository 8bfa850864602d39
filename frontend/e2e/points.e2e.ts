// The seller's checklist of the buyer's points.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import * as life from './fake/samples.life.ts';
import { closed, picture, pointed } from './fake/samples.points.ts';
import * as samples from './fake/samples.ts';
import { startFake, type Scenario } from './fake/window.ts';
import * as seller from './flows/window.ts';
import { open, violations, type Look } from './harness/browser.ts';
import { windowServed } from './harness/flow.ts';

const shared = windowServed();

function flow(name: string, go: (page: Page) => Promise<void>, more: Partial<Scenario> = {}, look: Look = {}) {
  it(name, async () => {
    const { page, complaints, close } = await open(shared.browser, look, samples.NOW);
    const scenario: Scenario = { state: samples.signedIn, pages: [pointed], history: life.history, picture, ...more };
    await startFake(page, scenario);
    await page.goto(shared.url);
    await seller.openOrder(page, scenario.pages[0]!.order.title);
    await go(page);
    await close();
    expect(complaints).toEqual([]);
  });
}

describe('the checklist of points', () => {
  flow('counts what is ticked, and keeps it in the draft', async (page) => {
    await page.getByText('Nearly there!').waitFor();
    await page.getByText('0 of 4 done').waitFor();
    expect(await page.locator('[data-point]').count()).toBe(4);
    await page.getByRole('checkbox', { name: /^Done: point 3/ }).check();
    await page.getByRole('checkbox', { name: /^Done: point 5/ }).press('Space');
    await page.getByText('2 of 4 done').waitFor();
    await page.getByRole('checkbox', { name: /^Done: point 3/ }).uncheck();
    await page.getByText('1 of 4 done').waitFor();
    expect(await page.evaluate(() => window.fake.page('logo').draft.done)).toEqual(['p5']);
    await page.getByText('Nearly there!').click(); // Esc in a field does not leave it
    await seller.back(page);
    await seller.openOrder(page, 'Logo and brand colours');
    await page.getByText('1 of 4 done').waitFor();
    expect(await page.getByRole('checkbox', { name: /^Done: point 5/ }).isChecked()).toBe(true);
  });

  flow('shows the place in a picture, and in the list of files', async (page) => {
    await page.locator('[data-point="2"]').getByRole('button', { name: 'logo/on blue.png' }).click();
    const dialog = page.getByRole('dialog', { name: 'Point 2 in on blue.png' });
    const box = (await dialog.locator('img').boundingBox())!;
    const pin = (await dialog.locator('[data-pin="2"]').boundingBox())!;
    expect(Math.abs(pin.x + pin.width / 2 - box.x - box.width * 0.7)).toBeLessThan(2);
    expect(Math.abs(pin.y + pin.height / 2 - box.y - box.height * 0.3)).toBeLessThan(2);
    await dialog.getByRole('button', { name: 'Show point 3 in the work' }).press('Enter');
    await page.getByRole('dialog', { name: 'Point 3 in on blue.png' }).getByText('A little more air here.').waitFor();
    expect(await violations(page)).toEqual([]);
    await seller.answer(page, 'Close');
    await page.locator('[data-point="4"]').getByRole('button', { name: 'overview.pdf, page 2' }).click();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-file'))).toBe('f3');
    await page.locator('[data-point="5"]').getByRole('button', { name: 'Delivery 1: The delivery as a whole' }).click();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY');
  });

  flow(
    'says when a picture cannot be shown, and a tick not be kept',
    async (page) => {
      await page.locator('[data-point="2"]').getByRole('button', { name: 'logo/on blue.png' }).click();
      await page.getByText('The picture cannot be shown.').waitFor();
      await seller.answer(page, 'Close');
      await page.getByRole('checkbox', { name: /^Done: point 3/ }).click();
      await page.getByText('0 of 4 done').waitFor();
      await page.waitForFunction(() => !document.querySelector<HTMLInputElement>('[data-point="3"] input')?.checked);
    },
    { refuse: { 'Orders.Picture': 'file_too_large', 'Drafts.TickPoint': 'disk_full' } },
  );

  for (const theme of ['light', 'dark'] as const)
    flow(
      `can be read by everybody, ${theme}`,
      async (page) => {
        await page.getByText('0 of 4 done').waitFor();
        expect(await violations(page)).toEqual([]);
      },
      {},
      { theme, width: 900, height: 600 },
    );
});

describe('comments that the buyer had not sent', () => {
  flow(
    'are shown once the order is completed, without boxes to tick',
    async (page) => {
      const part = page.getByRole('region', { name: 'Comments that the buyer had not sent' });
      await part.getByText('They arrived when the order was completed.').waitFor();
      expect(await part.locator('[data-point]').allInnerTexts()).toEqual([
        '2. The second page still has the old address.\n\noverview.pdf, page 2 · Jonas Weidenfeller',
        '3. Thank you! Next time please also as EPS.\n\nDelivery 1: The delivery as a whole · Elif Yıldız',
      ]);
      expect(await page.getByRole('checkbox').count()).toBe(0);
      expect(await violations(page)).toEqual([]);
    },
    { pages: [closed] },
  );

  flow(
    'are not shown of an order that is being revised',
    async (page) => {
      await page.getByText('0 of 4 done').waitFor();
      expect(await page.getByText('Comments that the buyer had not sent').count()).toBe(0);
    },
    { pages: [pointed] },
  );
});
