import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { many } from './fake/samples.many.ts';
import * as samples from './fake/samples.ts';
import * as seller from './flows/window.ts';
import { violations } from './harness/browser.ts';
import { calls, seen, windowFlows } from './harness/flow.ts';

const film = samples.active.order.title;
const flow = windowFlows();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-order'));
const until = (page: Page, id: string) =>
  page.waitForFunction((wanted) => document.activeElement?.getAttribute('data-order') === wanted, id);

describe('by keyboard alone', () => {
  flow('goes through the list, into an order and back', {}, async (page) => {
    await page.locator('[data-order]').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await until(page, 'photos');
    await page.keyboard.press('ArrowDown');
    await until(page, 'film');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: film }).waitFor();
    await seller.back(page);
    await until(page, 'film');
    await page.keyboard.press('/');
    await page.keyboard.type('score');
    await page.keyboard.press('ArrowDown');
    await until(page, 'score');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Score for a short film' }).waitFor();
  });

  flow('opens the draft with d, also while the buyer reviews', {}, async (page) => {
    await seller.row(page, samples.reviewing.order.title).focus();
    await page.keyboard.press('d');
    await page.getByRole('heading', { level: 2, name: 'Delivery 3' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Choose files');
  });

  flow('has one row for the tab key, and does nothing with d where nothing can be delivered', {}, async (page) => {
    await seller.row(page, samples.completed.order.title).focus();
    await page.keyboard.press('d');
    expect(await page.locator('[data-order][tabindex="0"]').count()).toBe(1);
    expect(await focused(page)).toBe('website');
  });
});

describe('10,000 orders', () => {
  const all = { pages: many(10_000) };
  const rows = (page: Page) => page.locator('[data-order]').count();

  flow('are there, though only those in sight have rows', all, async (page) => {
    await page
      .getByRole('button', { name: /^All orders/ })
      .getByText('10,000')
      .waitFor();
    expect(await rows(page)).toBeLessThan(60);
    const first = page.getByRole('listitem').first();
    expect(await first.getAttribute('aria-setsize')).toBe('6000');
    expect(await first.getAttribute('aria-posinset')).toBe('1');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.locator('[data-order]:focus').getByText('Completed', { exact: true }).waitFor();
    const last = page.getByRole('listitem').last();
    expect(await last.getAttribute('aria-posinset')).toBe('2000');
    expect(await rows(page)).toBeLessThan(60);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Home');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('Enter');
    const title = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
    await page.keyboard.press('Escape');
    await page.locator('[data-order]:focus').getByText(title.trim()).waitFor();
  });

  flow('show a row wherever they are scrolled to, and keep the focus', all, async (page) => {
    await page.locator('[data-order]').first().focus();
    const before = await focused(page);
    for (const part of [0.2, 0.9, 0.5]) {
      await page.getByTestId('main').evaluate((main, at) => (main.scrollTop = main.scrollHeight * at), part);
      await page.waitForFunction(() => {
        const { left, width } = document.querySelector('[data-testid=orders]')!.getBoundingClientRect();
        const at = document.elementFromPoint(left + width / 2, innerHeight / 2);
        return at?.closest('[data-order]') !== null;
      });
    }
    expect(await focused(page)).toBe(before);
  });

  flow('are searched, narrowed and sorted', all, async (page) => {
    await page.keyboard.press('Control+f');
    await page.keyboard.type('order 77: photos');
    await page.getByText('No order matches').waitFor();
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await page.getByLabel('Filter orders').fill('order 7: ');
    await page.locator('[data-trait=late]').click();
    await page.getByText('No order matches').waitFor();
    await page.locator('[data-trait=late]').click();
    await seen(page, 'Order 7: Logo and brand colours');
    await page.getByLabel('Filter orders').fill('');
    await page.locator('[data-trait=late]').click();
    await page.waitForFunction(() => document.querySelector('li')?.getAttribute('aria-setsize') === '2000');
    await page.getByRole('navigation').getByRole('button', { name: 'Done' }).click();
    await seen(page, 'No order matches these filters');
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await page.getByLabel('Sort by:').selectOption({ label: 'Due date' });
    await seller.row(page, 'Order 9999:').waitFor();
  });

  flow('change one by one', all, async (page) => {
    await seen(page, 'Order 9996:');
    const asked = (await calls(page)).filter((name) => name === 'Orders.List').length;
    expect(asked).toBe(10);
    await page.evaluate(() => {
      const { order } = window.fake.page('o9996');
      window.fake.change('o9996', { order: { ...order, title: 'Renamed', dueAt: '2000-01-01T00:00:00Z' } });
    });
    await seen(page, 'Renamed');
    expect((await calls(page)).filter((name) => name === 'Orders.List').length).toBe(asked + 1);
  });
});

describe('what the buyer did', () => {
  const pages = [samples.unread(samples.revision, 3, 2), samples.unread(samples.late, 1), samples.active];

  flow('is marked until the order was opened, messages until they were shown', { pages }, async (page) => {
    await page.getByTestId('unread').getByText('2 unread orders').waitFor();
    await seller.row(page, samples.revision.order.title).getByText('2 new messages').waitFor();
    await page.getByRole('button', { name: /^Unread/ }).click();
    expect(await page.locator('[data-order]').count()).toBe(2);
    await seller.openOrder(page, samples.late.order.title);
    await page.getByTestId('unread').getByText('1 unread order').waitFor();
    await seller.back(page);
    await seller.openOrder(page, samples.revision.order.title);
    await page.waitForFunction(() => window.fake.page('logo').order.unread === 2);
    await page.getByRole('tab', { name: /^New Messages|^Messages/ }).click();
    await page.getByTestId('unread').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await seen(page, 'No order matches these filters');
  });

  flow('is seen at once when it is on screen', {}, async (page) => {
    await seller.openOrder(page, film);
    await page.evaluate(
      (order) => window.fake.change('film', { order: { ...order, unread: 1 } }),
      samples.active.order,
    );
    await page.waitForFunction(() => window.fake.page('film').order.unread === 0);
  });
});

describe('in German and in the dark', () => {
  const look = { locale: 'de-DE', theme: 'dark', width: 900, height: 600 } as const;
  const pages = [samples.unread(samples.revision, 1, 1), ...many(500)];

  flow(
    'axe finds nothing',
    { pages },
    async (page) => {
      await page.getByRole('button', { name: /^Ungelesen/ }).click();
      await seller.row(page, samples.revision.order.title).getByText('1 neue Nachricht').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: /^Ungelesen/ }).click();
      expect(await violations(page)).toEqual([]);
    },
    look,
  );
});
