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

describe('closing while there are uploads and no tray', () => {
  const calls = (page: Page) => page.evaluate(() => window.fake.calls.filter((c) => c === 'Quit' || c === 'KeepOpen'));
  flow('asks, and stays or quits as answered', {}, async (page) => {
    await heading(page, 'All orders');
    await page.evaluate(() => window.fake.emit('closing'));
    await page.getByRole('dialog', { name: 'Work is still being uploaded' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await calls(page)).toEqual(['KeepOpen']);
    await page.evaluate(() => window.fake.emit('closing'));
    await page.getByRole('button', { name: 'Quit' }).click();
    expect(await calls(page)).toEqual(['KeepOpen', 'Quit']);
  });
});

describe('what the seller looks at', () => {
  flow('is told to the program, with the language', {}, async (page) => {
    await heading(page, 'All orders');
    await page.evaluate(() => {
      const told: string[] = [];
      window.fake.bind({ Look: (order: string, focused: boolean) => void told.push(`${order} ${focused}`) });
      Object.assign(window, { told });
    });
    const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
    await page.evaluate((order) => window.fake.ask({ kind: 'order', order, unusable: false }), id);
    await heading(page, title);
    await page.evaluate(() => window.dispatchEvent(new Event('blur')));
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    expect(await told()).toEqual([`${id} true`, `${id} false`, `${id} true`]);
    expect(await page.evaluate(() => window.fake.calls)).toContain('Speak');
  });
});
