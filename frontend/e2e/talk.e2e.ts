import { describe, expect } from 'vitest';
import * as life from './fake/samples.life.ts';
import * as samples from './fake/samples.ts';
import * as seller from './flows/window.ts';
import { calls, seen, windowFlows } from './harness/flow.ts';

const film = samples.active.order.title;
const flow = windowFlows();

describe('talking', () => {
  flow('reads and writes messages, and keeps one that was begun', { history: life.history }, async (page) => {
    await seller.openOrder(page, samples.revision.order.title);
    await seller.tab(page, 'Messages');
    await seen(page, 'We may not need it after all.');
    await page.getByRole('button', { name: 'Send message' }).click();
    await seen(page, 'Please write something first.');
    await page.getByLabel('Message to Jonas').fill('Half a message');
    await page.keyboard.press('Escape'); // out of the box
    await seller.back(page);
    await seller.openOrder(page, samples.revision.order.title);
    await seller.tab(page, 'Messages');
    const box = page.getByLabel('Message to Jonas');
    expect(await box.inputValue()).toBe('Half a message');
    await box.press('End');
    await box.press('Control+Enter');
    await page.locator('[data-message]').getByText('Half a message').waitFor();
    expect(await box.inputValue()).toBe('');
  });

  flow('keeps a message that could not be sent', { refuse: { 'Orders.WriteMessage': 'unreachable' } }, async (page) => {
    await seller.openOrder(page, film);
    await seller.tab(page, 'Messages');
    await page.getByLabel('Message to Anna').fill('Hello');
    await page.getByRole('button', { name: 'Send message' }).click();
    await seen(page, 'The server is unreachable.');
    expect(await page.getByLabel('Message to Anna').inputValue()).toBe('Hello');
  });

  flow('shows at once what the buyer writes', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.tab(page, 'Messages');
    await seen(page, 'No messages yet');
    await page.evaluate((events) => {
      window.fake.scenario.history!.film = events;
      window.fake.emit('order', 'film');
    }, life.history.logo!);
    await seen(page, 'Do you need it as PDF?');
  });

  flow('tells the history in words, and goes through the tabs by keyboard', { history: life.history }, async (page) => {
    await seller.openOrder(page, samples.revision.order.title);
    await page.getByRole('tab', { name: 'Delivery' }).press('ArrowRight');
    await page.getByRole('tab', { name: 'Messages' }).press('ArrowRight');
    await seen(page, 'The buyer downloaded “variant-b.svg” of delivery 1.');
    await seen(page, 'You changed the title to “Logo”.');
    const types = await page.locator('[data-event]').evaluateAll((all) => all.map((e) => e.getAttribute('data-event')));
    expect([types.length, types[0], types.at(-1)]).toEqual([
      life.history.logo!.length,
      'changes_requested',
      'order_placed',
    ]);
  });

  flow('proposes to cancel, and takes it back', {}, async (page) => {
    await seller.openOrder(page, film);
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await page.getByLabel('Reason (optional)').fill('Too much to do.');
    await seller.answer(page, 'Propose to cancel');
    await seen(page, 'You proposed to cancel this order');
    expect(await page.getByRole('button', { name: 'Cancel order' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Withdraw the proposal' }).click();
    await page.getByRole('button', { name: 'Cancel order' }).waitFor();
  });

  flow('agrees to cancel only after asking', { pages: [life.proposed] }, async (page) => {
    await seller.openOrder(page, life.proposed.order.title);
    await page.getByRole('button', { name: 'Agree to cancel' }).click();
    await seller.answer(page, 'Keep the order');
    expect(await calls(page)).not.toContain('Orders.AnswerCancellation');
    await page.getByRole('button', { name: 'Agree to cancel' }).click();
    await seller.answer(page, 'Cancel the order');
    await seen(page, /Cancelled on/);
  });

  flow('copies, renews and revokes the buyer’s link', {}, async (page) => {
    await seller.openOrder(page, film);
    await page.getByRole('button', { name: 'Buyer’s link' }).click();
    await seller.answer(page, 'Copy link');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('/review/first-link-of-film');
    await seller.answer(page, 'Renew …');
    await seller.answer(page, 'Renew link');
    await seen(page, /renewed-link-of-film/);
    await seller.answer(page, 'Revoke …');
    await page.keyboard.press('Escape');
    await seen(page, /renewed-link-of-film/);
    await seller.answer(page, 'Revoke …');
    await seller.answer(page, 'Revoke link');
    await seen(page, /The link is revoked/);
  });

  flow('says what the buyer opened, and saves a receipt', {}, async (page) => {
    await seller.openOrder(page, samples.reviewing.order.title);
    await seen(page, 'Not opened yet');
    await page.locator('[data-delivery="1"] summary').click();
    await seen(page, 'Opened on Mon 23 Nov, 10:20');
    await seen(page, 'Downloaded on Mon 23 Nov, 10:56');
    await page.getByRole('button', { name: 'Save the receipt of delivery 2' }).click();
    await seen(page, 'Saved as receipt-score-2.json');
  });
});
