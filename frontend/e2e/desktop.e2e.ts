import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as samples from './fake/samples.ts';
import { startFake, type Scenario } from './fake/window.ts';
import { launch, open } from './harness/browser.ts';
import { serveWindow, type Served } from './harness/serve.ts';

let browser: Browser;
let served: Served;
beforeAll(async () => {
  browser = await launch();
  served = await serveWindow();
});
afterAll(async () => {
  await browser.close();
  await served.close();
});

const base: Scenario = { state: samples.signedIn, pages: samples.allPages };
const { id, title } = samples.active.order;

/** A flow over the fake program; nothing may complain on its way. */
function flow(name: string, scenario: Partial<Scenario>, go: (page: Page) => Promise<void>) {
  it(name, async () => {
    const { page, complaints, close } = await open(browser);
    await page.clock.setFixedTime(samples.NOW);
    await startFake(page, { ...base, ...scenario });
    await page.goto(served.url);
    await go(page);
    await close();
    expect(complaints).toEqual([]);
  });
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).first().waitFor();

describe('links from outside', () => {
  flow('open the order, and the list with a notice when there is none', {}, async (page) => {
    await heading(page, 'All orders');
    await page.evaluate((order) => window.fake.ask({ kind: 'order', order, unusable: false }), id);
    await heading(page, title);
    await page.evaluate(() => window.fake.ask({ kind: 'orders', order: '', unusable: true }));
    await heading(page, 'All orders');
    await page.getByText('This link leads to no order of yours.').first().waitFor();
  });

  flow('keep what was typed in the order that was open', {}, async (page) => {
    await page.evaluate((order) => window.fake.ask({ kind: 'order', order, unusable: false }), id);
    await page.getByLabel('Describe your delivery in detail').fill('In three parts.');
    await page.evaluate(() => window.fake.ask({ kind: 'orders', order: '', unusable: false }));
    await heading(page, 'All orders');
    expect(await page.evaluate((order) => window.fake.page(order).draft.description, id)).toBe('In three parts.');
  });
});
