import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '$lib/api/views';
import * as life from './fake/samples.life.ts';
import * as samples from './fake/samples.ts';
import { startFake, type Scenario } from './fake/window.ts';
import * as seller from './flows/window.ts';
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

const film = samples.active.order.title;
const base: Scenario = { state: samples.signedIn, pages: samples.allPages, uploadTakes: 200 };

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

const seen = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const calls = (page: Page) => page.evaluate(() => window.fake.calls);

describe('the first start', () => {
  flow('tries it out', { state: samples.signedOut }, async (page) => {
    await seller.tryOut(page);
    await seen(page, 'Sample orders. Nothing leaves this computer.');
  });

  flow('signs in after a wrong password', { state: samples.signedOut }, async (page) => {
    const who = { server: 'https://deliver.example.com', email: 'mara@example.com', password: 'wrong' };
    await seller.fillSignIn(page, who);
    await seen(page, 'E-mail or password is wrong.');
    await seller.signIn(page, { ...who, password: 'right' });
  });

  flow('asks before a password goes unencrypted', { state: samples.signedOut }, async (page) => {
    await seller.fillSignIn(page, { server: 'http://192.168.1.20', email: 'a@example.com', password: 'right' });
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await seller.answer(page, 'Sign in unencrypted');
    await page.getByRole('heading', { name: 'All orders' }).waitFor();
  });
});

describe('delivering', () => {
  flow('delivers what was dropped', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/film.mov', '/home/mara/poster.png');
    await seller.describeDelivery(page, 'The film.');
    await seller.uploaded(page);
    await seller.deliver(page);
    await seller.delivered(page, 1);
    expect(await seller.next(page)).toBe('Completes automatically on Fri 27 Nov, 15:20, in 3 days');
    await page.getByRole('button', { name: 'Back to the orders' }).click();
    await seller.row(page, film).getByText('Delivered', { exact: true }).waitFor();
    expect(await calls(page)).toContain('Describe');
  });

  flow('waits for uploads, and delivers when they end', { uploadTakes: 1_500 }, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/film.mov');
    await seller.describeDelivery(page, 'The film.');
    await seller.deliver(page);
    await page.getByTestId('pending').getByText('Not yet delivered').waitFor();
    await seller.delivered(page, 1);
  });

  flow('can be given up while it waits', { uploadTakes: 30_000 }, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/film.mov');
    await seller.describeDelivery(page, 'The film.');
    await seller.deliver(page);
    await page.getByRole('button', { name: 'Do not deliver yet' }).click();
    await seen(page, 'Not delivered. The draft is as it was.');
    await page.getByRole('button', { name: 'Deliver work' }).waitFor();
  });

  flow('needs a description', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.deliver(page);
    await seen(page, 'Please describe your delivery before you deliver it.');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
    expect(await calls(page)).not.toContain('Deliver');
  });

  flow('confirms a delivery without files', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.describeDelivery(page, 'The talk is booked.');
    await seller.deliver(page);
    await seller.answer(page, 'Deliver without files');
    await seller.delivered(page, 1);
  });

  const unfinished: Finding[] = [
    { code: 'empty_file', path: 'a.mov', hint: '' },
    { code: 'cut_short', path: 'b.zip', hint: 'zip' },
  ];
  flow('shows what looks unfinished', { findings: unfinished }, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/a.mov');
    await seller.uploaded(page);
    await seller.describeDelivery(page, 'The film.');
    await seller.deliver(page);
    await seen(page, 'The file is empty');
    await seen(page, 'The end of this ZIP file is missing');
    await seller.answer(page, 'Deliver anyway');
    await seller.delivered(page, 1);
  });

  flow('says that drafts were restored, until it is known', { state: samples.restored }, async (page) => {
    await page.getByText('Your drafts were restored from a copy of').waitFor();
    await page.getByText('handover.db.damaged-20261124T141200Z').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('Your drafts were restored').waitFor({ state: 'detached' });
    expect(await calls(page)).toContain('DismissRecovery');
  });

  flow('offers a link for a file over the limit', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/film-6200000000b');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Larger than 5 GB').waitFor();
    await dialog.getByRole('textbox').fill('http://example.org');
    await seller.answer(page, 'Attach link');
    await dialog.getByText('begins with https://').waitFor();
    await dialog.getByRole('textbox').fill('https://cloud.example.org/film');
    await seller.answer(page, 'Attach link');
    await page.locator('[data-link="https://cloud.example.org/film"]').waitFor();
    expect(await dialog.count()).toBe(0);
  });

  flow('delivers revised work beside the buyer’s request', {}, async (page) => {
    await seller.openOrder(page, samples.revision.order.title);
    await seen(page, 'a little more air between the letters');
    await seller.addLink(page, 'https://cloud.example.org/eps', 'EPS');
    await seller.describeDelivery(page, 'As EPS too.');
    await seller.deliver(page);
    await seller.delivered(page, 2);
  });

  flow('keeps a draft', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.describeDelivery(page, 'Half of it.');
    await page.getByRole('button', { name: 'Save as draft' }).click();
    await seller.row(page, film).getByText('Draft').waitFor();
    await seller.openOrder(page, film);
    expect(await page.getByRole('textbox').inputValue()).toBe('Half of it.');
  });

  flow('offers no draft where nothing can be delivered', {}, async (page) => {
    await seller.openOrder(page, samples.completed.order.title);
    expect(await page.getByRole('textbox').count()).toBe(0);
    await seller.drop(page, '/home/mara/a.mov');
    await seen(page, 'Nothing can be added to this order');
  });
});

describe('what happens elsewhere', () => {
  flow('shows at once that the buyer asked for changes', {}, async (page) => {
    await seller.openOrder(page, samples.reviewing.order.title);
    await page.evaluate((order) => {
      window.fake.change('score', { order: { ...order, status: 'in_revision' }, changeRequest: 'Slower, please' });
    }, samples.reviewing.order);
    await page.getByText('Slower, please').waitFor({ timeout: 1_000 });
    await page.getByRole('button', { name: 'Deliver revised work' }).waitFor();
  });

  flow('says that the server is away, and that it is back', {}, async (page) => {
    await page.evaluate((state) => window.fake.emit('state', state), samples.offline);
    await seen(page, /The server is away. What you see is from 13:56/);
    await page.evaluate((state) => window.fake.emit('state', state), samples.signedIn);
    await seen(page, 'The server is back.');
  });

  flow('does not take what is typed away', {}, async (page) => {
    await seller.openOrder(page, film);
    await page.getByRole('textbox').pressSequentially('What I ');
    await page.evaluate((draft) => window.fake.emit('draft', draft), samples.emptyDraft('film'));
    await page.getByRole('textbox').pressSequentially('type');
    expect(await page.getByRole('textbox').inputValue()).toBe('What I type');
  });
});

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

  flow('keeps a message that could not be sent', { refuse: { WriteMessage: 'unreachable' } }, async (page) => {
    await seller.openOrder(page, film);
    await seller.tab(page, 'Messages');
    await page.getByLabel('Message to Anna').fill('Hello');
    await page.getByRole('button', { name: 'Send message' }).click();
    await seen(page, 'The server is away.');
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
    expect([types.length, types[0], types.at(-1)]).toEqual([14, 'changes_requested', 'order_placed']);
  });

  flow('proposes to cancel, and takes it back', {}, async (page) => {
    await seller.openOrder(page, film);
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await page.getByLabel('Your reason (optional)').fill('Too much to do.');
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
    expect(await calls(page)).not.toContain('AnswerCancellation');
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
    await page.getByRole('button', { name: /^Transfers .*6 files on their way$/ }).waitFor();
    await seller.show(page, 'Transfers');
    await page.getByRole('button', { name: 'Upload film/master/film-en-4k.mov first' }).click();
    await page.locator('[data-transfer]').first().getByText('film-en-4k.mov').waitFor();
    await seen(page, 'The file cannot be read.');
  });

  flow('limits the speed', queue, async (page) => {
    await seller.show(page, 'Transfers');
    await page.getByRole('button', { name: 'Speed' }).click();
    const up = page.getByLabel('Limit for all together, in kB/s');
    expect(await up.inputValue()).toBe('25000');
    await up.fill('1,5');
    await seller.answer(page, 'Apply');
    await seen(page, 'A whole number from 1 on');
    await up.fill('800');
    await page.getByLabel('Files at once').fill('2');
    await page.getByLabel('This network is metered').check();
    await seller.answer(page, 'Apply');
    await seen(page, 'The new limits hold now');
    expect(await page.evaluate(() => window.fake.scenario.transfers?.limits)).toEqual({
      ...{ up: 800_000, parallel: 2, scheduled: true, yield: true, metered: true, pauseMetered: false },
    });
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
    await page.waitForFunction(() => window.fake.calls.includes('ExportEarnings'));
    expect(await page.getByText('Saved as').count()).toBe(0);
  });
});

describe('by keyboard alone', () => {
  flow('goes through the list, into an order and back', {}, async (page) => {
    await page.locator('[data-order]').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: film }).waitFor();
    await seller.back(page);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-order'))).toBe('film');
    await page.keyboard.press('/');
    await page.keyboard.type('score');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Score for a short film' }).waitFor();
  });

  flow('opens the draft with d, also while the buyer reviews', {}, async (page) => {
    await seller.row(page, samples.reviewing.order.title).focus();
    await page.keyboard.press('d');
    await page.getByRole('heading', { level: 2, name: 'Delivery 3' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Choose files');
  });

  flow('places an order for an own client, and copies the link', {}, async (page) => {
    await page.getByRole('button', { name: 'New order' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Place order' }).click();
    await dialog.getByText('Please fill this in.').first().waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('title');
    await page.keyboard.type('Flyer');
    await dialog.getByLabel('Client', { exact: true }).fill('Café Süd');
    await dialog.getByLabel('Client’s e-mail').fill('sued@example.org');
    await dialog.getByLabel('Due').fill('2026-12-24T18:00');
    await dialog.getByLabel('Price (optional)').fill('80,5');
    await dialog.getByLabel('Price (optional)').press('Enter');
    await dialog.getByText('“Flyer” is placed').waitFor();
    await seller.answer(page, 'Copy link');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('/review/first-link-of-new');
    await seller.answer(page, 'Open order');
    await page.getByRole('heading', { level: 1, name: 'Flyer' }).waitFor();
    await seen(page, '€80.50');
  });

  flow('is light or dark as chosen, also after a new start', {}, async (page) => {
    const dark = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const before = await background();
    await page.getByLabel('Theme').selectOption({ label: 'Dark' });
    expect(await dark()).toBe('dark');
    await page.waitForFunction((color) => getComputedStyle(document.documentElement).backgroundColor !== color, before);
    await page.reload();
    await page.getByLabel('Theme').waitFor();
    expect(await dark()).toBe('dark');
    await page.getByLabel('Theme').selectOption({ label: 'System' });
    expect(await dark()).toBe('light dark');
    await page.waitForFunction((color) => getComputedStyle(document.documentElement).backgroundColor === color, before);
  });

  flow('speaks German at once, and still after a new start', {}, async (page) => {
    await seller.speak(page, 'Deutsch');
    await page.getByRole('heading', { name: 'Alle Aufträge' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Alle Aufträge' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  });
});
