import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import * as samples from './fake/samples.ts';
import { windowFlows } from './harness/flow.ts';

const flow = windowFlows();
const { id, title } = samples.active.order;

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).first().waitFor();

describe('links from outside', () => {
  flow('open the order, and the list with a notice when there is none', {}, async (page) => {
    await heading(page, 'All orders');
    await page.evaluate((order) => window.fake.ask({ kind: 'order', order, unusable: false }), id);
    await heading(page, title);
    await page.evaluate(() => window.fake.ask({ kind: 'orders', order: '', unusable: true }));
    await heading(page, 'All orders');
    await page.getByText('This link does not lead to any of your orders.').first().waitFor();
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
  const calls = (page: Page) =>
    page.evaluate(() => window.fake.calls.filter((c) => c === 'App.Quit' || c === 'App.KeepOpen'));
  flow('asks, and stays or quits as answered', {}, async (page) => {
    await heading(page, 'All orders');
    await page.evaluate(() => window.fake.emit('closing'));
    await page.getByRole('dialog', { name: 'Quit Handover?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await calls(page)).toEqual(['App.KeepOpen']);
    await page.evaluate(() => window.fake.emit('closing'));
    await page.getByRole('button', { name: 'Quit' }).click();
    expect(await calls(page)).toEqual(['App.KeepOpen', 'App.Quit']);
  });
});

describe('what the seller looks at', () => {
  flow('is told to the program, with the language', {}, async (page) => {
    await heading(page, 'All orders');
    await page.evaluate(() => {
      const told: string[] = [];
      window.fake.bind('App', { Look: (order: string, focused: boolean) => void told.push(`${order} ${focused}`) });
      Object.assign(window, { told });
    });
    const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
    await page.evaluate((order) => window.fake.ask({ kind: 'order', order, unusable: false }), id);
    await heading(page, title);
    await page.evaluate(() => window.dispatchEvent(new Event('blur')));
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    expect(await told()).toEqual([`${id} true`, `${id} false`, `${id} true`]);
    expect(await page.evaluate(() => window.fake.calls)).toContain('App.Speak');
  });
});
