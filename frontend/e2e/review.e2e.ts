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
    const { page, complaints, close } = await open(browser, { width: 390, height: 844 });
    await page.clock.setFixedTime(NOW);
    await buyer.openReview(page, `${server.url}/review/order/logo`);
    await go(page, server);
    await close();
    await server.close();
    // Refused requests are complaints of the browser; anything about the policy is ours.
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
    await page.getByRole('heading', { name: 'Delivery 2' }).waitFor({ timeout: 1_000 });
  });

  flow('shows how it stands when somebody was quicker', orders.delivered!, async (page, server) => {
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    server.order = { ...orders.elapsed!, version: 9 };
    await page.getByRole('button', { name: 'Accept and complete' }).click();
    await seen(page, 'The order has changed meanwhile');
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
    await seen(page, 'The page cannot be loaded now');
    server.failing = 0;
    await page.getByRole('heading', { name: 'Delivery 2' }).waitFor({ timeout: 8_000 });
  });
});
