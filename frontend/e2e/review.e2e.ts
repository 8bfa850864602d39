import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orders, serveReview, type Order, type ReviewServer } from './fake/review.ts';
import { NOW } from './fake/samples.ts';
import * as buyer from './flows/review.ts';
import { launch, open } from './harness/browser.ts';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

function flow(name: string, order: Order | null, go: (page: Page, server: ReviewServer) => Promise<void>) {
  it(name, async () => {
    const server = await serveReview(order);
    const { page, complaints, close } = await open(browser, { width: 390, height: 844 }, NOW);
    await buyer.openReview(page, `${server.url}/review/order/logo`);
    await go(page, server);
    await close();
    await server.close();
    // The browser reports refused requests; violations of the policy are our errors.
    expect(complaints.filter((complaint) => !/Failed to load resource/.test(complaint))).toEqual([]);
  });
}

const seen = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

describe('the buyer’s page', () => {
  flow('says who delivered what, and when it is accepted by itself', orders.delivered!, async (page) => {
    await seen(page, 'Mara Lindqvist delivers to Jonas Weidenfeller');
    await seen(page, /Accepted automatically on Friday 27 November at 14:20 CET \(in 2 days 23 h\)/);
    const link = page.getByRole('link', { name: /Source files/ });
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
    expect(await link.getAttribute('target')).toBe('_blank');
    const zip = page.getByRole('link', { name: /Download all/ });
    expect(await zip.getAttribute('href')).toBe('/api/v1/orders/logo/deliveries/2/archive.zip');
    expect((await buyer.download(page, 'logo/variant-a.svg')).length).toBe(64);
  });

  flow('accepts after a confirmation', orders.delivered!, async (page, server) => {
    await buyer.accept(page);
    await seen(page, 'The payment is released on');
    expect(await page.getByRole('button', { name: 'Accept' }).count()).toBe(0);
    expect(server.bodies.length).toBe(1);
  });

  flow('asks for changes, with words', orders.delivered!, async (page, server) => {
    await page.getByRole('button', { name: 'Ask for changes' }).click();
    await page.getByRole('button', { name: /^Send to/ }).click();
    await seen(page, 'Please write what should change.');
    await page.keyboard.press('Escape');
    await buyer.askForChanges(page, 'More air.\nAnd as EPS.');
    expect(server.bodies).toEqual([{ message: 'More air.\nAnd as EPS.' }]);
    await seen(page, 'Mara Lindqvist is working on your changes');
  });

  flow('extends the review', orders.delivered!, async (page, server) => {
    await buyer.extend(page, 3);
    expect(server.bodies).toEqual([{ days: 3 }]);
    await seen(page, 'Monday 30 November');
  });

  flow('shows a new delivery by itself', orders.active!, async (page, server) => {
    await seen(page, 'Nothing has been delivered yet');
    server.change(orders.delivered!);
    await page.getByRole('heading', { name: 'Delivery 2' }).waitFor();
  });

  flow('shows how it stands when somebody was quicker', orders.delivered!, async (page, server) => {
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    server.order = { ...orders.elapsed!, version: 9 };
    await page.getByRole('button', { name: 'Accept and complete' }).click();
    await seen(page, 'The order has changed; this is its current state');
    await seen(page, 'The review period ended on');
  });

  flow('has one calm page for a link that does not work', null, async (page) => {
    await seen(page, 'This link does not work');
    await page.goto(page.url().replace('/order/logo', '/some-token'));
    await seen(page, 'This link does not work');
  });

  flow('keeps trying while the server is away', orders.delivered!, async (page, server) => {
    server.failing = 503;
    await page.reload();
    await seen(page, 'This page cannot be loaded right now');
    server.failing = 0;
    await page.getByRole('heading', { name: 'Delivery 2' }).waitFor();
  });

  flow('shows messages and the history, and sends', orders.delivered!, async (page, server) => {
    await seen(page, 'Hello Jonas, which blue is yours?');
    await page.getByRole('button', { name: 'Send message' }).click();
    await seen(page, 'Please write something first.');
    await page.getByLabel('Message to Mara Lindqvist').fill('When do you start?');
    await page.getByRole('button', { name: 'Send message' }).click();
    await page.locator('[data-message=buyer]').filter({ hasText: 'When do you start?' }).waitFor();
    expect(server.bodies).toEqual([{ message: 'When do you start?' }]);
    expect(await page.getByLabel('Message to Mara Lindqvist').inputValue()).toBe('');
    server.say('On Monday.');
    await page.locator('[data-message=seller]').filter({ hasText: 'On Monday.' }).waitFor();
    await seen(page, 'New message from Mara Lindqvist');
    await page.getByText('History of this order').click();
    const entries = await page.getByTestId('history').locator('li').allInnerTexts();
    expect(entries.length).toBe(12); // all except the type that this page does not know
    expect(entries.at(-1)).toContain('Mara Lindqvist wrote a message');
  });

  flow('keeps a message that was not sent', orders.delivered!, async (page, server) => {
    await page.getByLabel('Message to Mara Lindqvist').fill('Kept');
    server.failing = 500;
    await page.getByRole('button', { name: 'Send message' }).click();
    await seen(page, 'The message was not sent.');
    expect(await page.getByLabel('Message to Mara Lindqvist').inputValue()).toBe('Kept');
  });

  flow('proposes to cancel, and withdraws it', orders.delivered!, async (page, server) => {
    await page.getByRole('button', { name: 'Propose to cancel the order' }).click();
    await page.getByLabel('Reason (optional)').fill('No longer needed');
    await page.getByRole('button', { name: 'Propose to cancel', exact: true }).click();
    await page.getByRole('heading', { name: 'You proposed to cancel this order' }).waitFor();
    expect(await page.getByRole('button', { name: 'Agree to cancel' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Withdraw the proposal' }).click();
    await page.getByRole('button', { name: 'Withdraw it' }).click();
    await page.getByRole('heading', { name: 'You proposed to cancel this order' }).waitFor({ state: 'detached' });
    expect(server.bodies).toEqual([{ message: 'No longer needed' }, null]);
  });

  flow('agrees to cancel only after a confirmation', orders['cancel-asked']!, async (page, server) => {
    await page.getByRole('button', { name: 'Agree to cancel' }).click();
    await page.keyboard.press('Escape');
    expect(server.bodies).toEqual([]);
    await page.getByRole('button', { name: 'Agree to cancel' }).click();
    await page.getByRole('button', { name: 'Cancel the order permanently' }).click();
    await page.getByRole('heading', { name: 'Order cancelled' }).waitFor();
    expect(await page.getByRole('button', { name: 'Send message' }).count()).toBe(0);
  });

  flow('declines to cancel', orders['cancel-asked']!, async (page) => {
    await page.getByRole('button', { name: 'Decline' }).click();
    await page.getByRole('button', { name: 'Continue the order' }).click();
    await page.getByRole('heading', { name: /proposes to cancel/ }).waitFor({ state: 'detached' });
  });

  flow('says what accepting means', orders.delivered!, async (page) => {
    await seen(page, 'the payment is released on Friday 11 December at 14:20 CET');
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    await seen(page, 'is released to Mara Lindqvist on Tuesday 8 December at 15:20 CET');
  });

  flow('puts chosen files into one zip, and says how large it is', orders.delivered!, async (page) => {
    await seen(page, 'The zip is exactly 4,123,');
    await page.getByRole('button', { name: 'Choose files' }).click();
    await seen(page, 'Choose the files for one zip.');
    await page.getByRole('checkbox', { name: 'logo/variant-a.svg' }).check();
    await page.getByRole('checkbox', { name: 'film/jingle.wav' }).check();
    await seen(page, 'The zip is exactly 56,577 bytes.');
    const zip = page.getByRole('link', { name: 'Download 2 files' });
    expect(await zip.getAttribute('href')).toBe('/api/v1/orders/logo/deliveries/2/archive.zip?files=f1,f7');
    await page.getByRole('button', { name: 'All' }).click();
    expect(await page.getByRole('link', { name: /Download all/ }).getAttribute('href')).not.toContain('?');
  });

  flow('shows and copies a checksum', orders.delivered!, async (page) => {
    expect(await page.getByText('5b5b5b').count()).toBe(0);
    await page.getByRole('button', { name: 'Show SHA-256' }).click();
    await page.getByRole('button', { name: /^Copy.*SHA-256 of logo\/on blue.png$/ }).click();
    await seen(page, 'SHA-256 copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('5b'.repeat(32));
  });

  flow('closes a folder, with the keyboard', orders.delivered!, async (page) => {
    await page.getByRole('button', { name: /^logo/ }).press('Enter');
    await page.locator('[data-file="logo/on blue.png"]').waitFor({ state: 'detached' });
    expect(await page.locator('[data-file="film/jingle.wav"]').count()).toBe(1);
  });

  flow('offers the signed receipt', orders.delivered!, async (page) => {
    const receipt = page.getByRole('link', { name: 'Signed receipt' }).first();
    expect(await receipt.getAttribute('href')).toBe('/api/v1/orders/logo/deliveries/2/receipt');
  });

  flow('previews with the keyboard alone: zoom, the next file, back', orders.delivered!, async (page) => {
    const opener = page.getByRole('button', { name: 'View logo/on blue.png' });
    await opener.press('Enter');
    const image = page.getByRole('img', { name: 'on blue.png' });
    await image.waitFor();
    await page.waitForFunction(() => (document.querySelector('dialog img') as HTMLImageElement).naturalWidth === 1600);
    const width = async () => (await image.boundingBox())?.width ?? 0;
    const fits = await width();
    expect(fits).toBeLessThanOrEqual(390);
    await page.keyboard.press('+');
    await page.waitForFunction((fits) => document.querySelector('dialog img')!.clientWidth > fits, fits);
    await page.keyboard.press('0');
    await page.waitForFunction((fits) => document.querySelector('dialog img')!.clientWidth <= fits, fits);
    await page.getByRole('button', { name: 'Next file' }).press('Enter');
    await page.getByRole('region', { name: 'Content of read me.txt' }).waitFor();
    await seen(page, 'The first 262 kB of 612 kB.');
    expect((await page.locator('dialog pre').innerText()).length).toBeLessThan(262_144);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  flow('plays audio, and offers the download of what it cannot show', orders.delivered!, async (page) => {
    await page.getByRole('button', { name: 'View film/jingle.wav' }).click();
    await page.waitForFunction(() => (document.querySelector('dialog audio') as HTMLAudioElement)?.duration > 0.4);
    await page.getByRole('button', { name: 'Previous file' }).click();
    await seen(page, 'This browser cannot show the file.');
    expect(await page.locator('dialog').getByRole('link').getAttribute('href')).toMatch(/files\/f8$/);
  });
});
