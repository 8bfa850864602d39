import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import * as life from './fake/samples.life.ts';
import * as samples from './fake/samples.ts';
import * as seller from './flows/window.ts';
import { seen, windowFlows } from './harness/flow.ts';

const film = samples.active.order.title;
const flow = windowFlows();

describe('transfers', () => {
  const queue = { transfers: life.transfers };
  const states = (page: Page) =>
    page.locator('[data-transfer]').evaluateAll((all) => all.map((e) => e.getAttribute('data-state')));

  flow('pauses and resumes one, an order, and all', queue, async (page) => {
    await seller.show(page, 'Transfers');
    await seen(page, '2.6 GB of 9.1 GB');
    await page.getByRole('button', { name: 'Pause film/master/film-en-4k.mov' }).click();
    await page.getByRole('button', { name: 'Resume film/master/film-en-4k.mov' }).click();
    await page.getByRole('button', { name: 'Pause “Product photos' }).click();
    await page.getByRole('button', { name: 'Resume “Product photos' }).waitFor();
    expect(await page.getByRole('button', { name: /Resume catalogue/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Pause all' }).click();
    await page.getByRole('button', { name: 'Resume all' }).waitFor();
    expect(new Set(await states(page))).toEqual(new Set(['paused', 'problem']));
    await page.getByRole('button', { name: 'Resume all' }).click();
    await page.getByRole('button', { name: 'Pause all' }).waitFor();
    expect(await states(page)).not.toContain('paused');
  });

  flow('moves a file to the front, and counts in the sidebar', queue, async (page) => {
    await page.getByRole('button', { name: /^Transfers .*6 active transfers$/ }).waitFor();
    await seller.show(page, 'Transfers');
    await page.getByRole('button', { name: 'Upload film/master/film-en-4k.mov first' }).click();
    await page.locator('[data-transfer]').first().getByText('film-en-4k.mov').waitFor();
    await seen(page, 'The file cannot be read.');
  });

  flow('tries again at once what waits for its next try', queue, async (page) => {
    await seller.show(page, 'Transfers');
    await seen(page, 'The server did not answer; retrying');
    await page.getByRole('button', { name: 'Try catalogue/print/0003.tiff again' }).click();
    await page.locator('[data-transfer="catalogue/print/0003.tiff"][data-state=waiting]').waitFor();
  });

  flow('opens an order from the queue, and goes back to the queue', queue, async (page) => {
    await seller.show(page, 'Transfers');
    await page.getByRole('button', { name: film, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: film }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 1, name: 'Transfers' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 1, name: 'All orders' }).waitFor();
  });
});

describe('earnings', () => {
  flow('show what is pending, clearing and cleared, and by month', { earnings: life.earnings }, async (page) => {
    await seller.show(page, 'Earnings');
    await page.locator('[data-figure=pending]').first().getByText('€4,950.00').waitFor();
    expect(await page.locator('[data-month="2026-05"]').first().getAttribute('height')).toBe('0');
    expect(await page.getByRole('row', { name: /June 2026/ }).textContent()).toContain('€4,480.00');
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    await seen(page, 'Saved as earnings.csv');
  });

  flow('say nothing of a file that was not saved', { earnings: life.earnings, saved: '' }, async (page) => {
    await seller.show(page, 'Earnings');
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    await page.waitForFunction(() => window.fake.calls.includes('Orders.ExportEarnings'));
    expect(await page.getByText('Saved as').count()).toBe(0);
  });
});
