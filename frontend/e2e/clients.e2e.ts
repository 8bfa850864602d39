import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { OrderPage } from '$lib/api/views';
import { spring, wrong } from './fake/samples.import.ts';
import * as samples from './fake/samples.ts';
import * as seller from './flows/window.ts';
import { calls, seen, windowFlows } from './harness/flow.ts';

const film = samples.active.order.title;
const flow = windowFlows();
const dialog = (page: Page) => page.getByRole('dialog');

describe('a new order', () => {
  flow('places an order for an own client, and copies the link', {}, async (page) => {
    await page.getByRole('button', { name: 'New order' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Create order' }).click();
    await dialog.getByText('Please fill this in.').first().waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('title');
    await page.keyboard.type('Flyer');
    await dialog.getByLabel('Client', { exact: true }).fill('Café Süd');
    await dialog.getByLabel('Client’s e-mail').fill('sued@example.org');
    await dialog.getByLabel('Due').fill('2026-12-24T18:00');
    await dialog.getByLabel('Price (optional)').fill('80,5');
    await dialog.getByLabel('Price (optional)').press('Enter');
    await dialog.getByText('“Flyer” was created').waitFor();
    await seller.answer(page, 'Copy link');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('/review/first-link-of-new');
    await seller.answer(page, 'Open order');
    await page.getByRole('heading', { level: 1, name: 'Flyer' }).waitFor();
    await seen(page, '€80.50');
  });
});

describe('a file of orders', () => {
  const open = (page: Page) => page.getByRole('button', { name: 'Import orders' }).press('Enter');

  flow('is looked at, placed, and placed only once', { imported: spring }, async (page) => {
    await open(page);
    await seller.answer(page, 'Choose a file …');
    await page.getByRole('heading', { name: '3 orders to create' }).waitFor();
    await dialog(page).getByText('=SUM(A1:A9)').waitFor();
    await dialog(page).getByText('€1,480.00').first().waitFor();
    expect(await calls(page)).not.toContain('Orders.PlaceImport');
    await seller.answer(page, 'Create 3 orders');
    await page.getByRole('heading', { name: '3 orders were created' }).waitFor();
    await seller.answer(page, 'Copy all links');
    const links = await page.evaluate(() => navigator.clipboard.readText());
    expect(links.split('\n')[2]).toBe('Logo\thttps://deliver.example.com/review/link-of-line-5');
    await seller.answer(page, 'Save as CSV …');
    await seen(page, 'Saved as links.csv');
    await seller.answer(page, 'Close');
    await seller.row(page, 'Hochzeitsfilm').waitFor();
    await open(page);
    await seller.answer(page, 'Choose a file …');
    await seller.answer(page, 'Create 3 orders');
    await page.getByRole('heading', { name: '3 orders were created earlier' }).waitFor();
  });

  flow('says what is wrong in which line, and cannot be placed then', { imported: wrong }, async (page) => {
    await open(page);
    await seller.answer(page, 'Choose a file …');
    await seen(page, '“orders.csv” cannot be imported');
    await seen(page, 'Line 1: There is no column “colour”.');
    await seen(page, 'Line 9: the weather is bad');
    expect(
      await dialog(page)
        .getByRole('button', { name: /^Place/ })
        .count(),
    ).toBe(0);
    await page.evaluate((found) => void (window.fake.scenario.imported = found), spring);
    await seller.answer(page, 'Choose another …');
    await page.getByRole('heading', { name: '3 orders to create' }).waitFor();
  });

  flow('may be none at all', {}, async (page) => {
    await open(page);
    await seller.answer(page, 'Choose a file …');
    await page.waitForFunction(() => window.fake.calls.includes('Orders.ChooseImport'));
    await dialog(page).getByRole('button', { name: 'Choose a file …' }).waitFor();
    await page.evaluate(() => void (window.fake.scenario.refuse = { 'Orders.ChooseImport': 'import_too_large' }));
    await seller.answer(page, 'Choose a file …');
    await seen(page, 'The file is too large: an import can have at most 10 MB.');
  });

  const failing = { imported: spring, refuse: { 'Orders.PlaceImport': 'unreachable' } };
  flow('stays chosen when it could not be placed', failing, async (page) => {
    await open(page);
    await seller.answer(page, 'Choose a file …');
    await seller.answer(page, 'Create 3 orders');
    await seen(page, 'The server is unreachable.');
    await page.evaluate(() => void (window.fake.scenario.refuse = {}));
    await seller.answer(page, 'Create 3 orders');
    await page.getByRole('heading', { name: '3 orders were created' }).waitFor();
  });
});

describe('editing an order', () => {
  flow('changes title, due date and notes', {}, async (page) => {
    await seller.openOrder(page, film);
    await page.getByRole('button', { name: 'Edit order' }).press('Enter');
    await dialog(page).getByLabel('Title').fill('');
    await seller.answer(page, 'Save changes');
    await dialog(page).getByText('Please fill this in.').waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('title');
    await dialog(page).getByLabel('Title').fill('Image film, shorter');
    await dialog(page).getByLabel('Due').fill('2026-12-24T18:00');
    await dialog(page).getByLabel('Notes').fill('Call first.');
    await dialog(page).getByLabel('Due').press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Image film, shorter' }).waitFor();
    await seen(page, 'Call first.');
    expect(await seller.next(page)).toContain('Thu 24 Dec, 18:00');
    await seller.back(page);
    await seller.row(page, 'Image film, shorter').waitFor();
  });

  const change = (page: Page, id: string, more: Partial<OrderPage>) =>
    page.evaluate(([name, changes]) => window.fake.change(name, changes), [id, more] as const);

  flow('says what others changed meanwhile, and saves over what was seen', {}, async (page) => {
    await seller.openOrder(page, film);
    await page.getByRole('button', { name: 'Edit order' }).click();
    await dialog(page).getByLabel('Notes').fill('Mine.');
    await change(page, 'film', { order: { ...samples.active.order, title: 'Theirs' }, version: 5 });
    await seller.answer(page, 'Save changes');
    await dialog(page).getByText('The title is now “Theirs”').waitFor();
    expect(await dialog(page).getByLabel('Title').inputValue()).toBe('Theirs');
    expect(await dialog(page).getByLabel('Notes').inputValue()).toBe('Mine.');
    await seller.answer(page, 'Save changes');
    await page.getByRole('heading', { level: 1, name: 'Theirs' }).waitFor();
    await seen(page, 'Mine.');
  });

  flow('is over when the order was delivered meanwhile, and not offered then', {}, async (page) => {
    await seller.openOrder(page, film);
    await page.getByRole('button', { name: 'Edit order' }).click();
    await dialog(page).getByLabel('Notes').fill('Mine.');
    const order = { ...samples.active.order, status: 'delivered' as const, reviewEndsAt: samples.at(72) };
    await change(page, 'film', { order, version: 5, allowed: ['write_message'] });
    await seller.answer(page, 'Save changes');
    await seen(page, 'It can no longer be edited.');
    await seller.answer(page, 'Cancel');
    expect(await page.getByRole('button', { name: 'Edit order' }).count()).toBe(0);
  });
});
