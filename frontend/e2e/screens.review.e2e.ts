// Every screen of the buyer's page, checked as in flows/screens.ts.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photos } from './fake/photos.ts';
import { orders, packaged, serveReview, type Order, type ReviewServer } from './fake/review.ts';
import { shareScreens } from './fake/views.ts';
import { Looker, looks, only, type Act } from './flows/screens.ts';
import { launch } from './harness/browser.ts';

const pressed =
  (n: number): Act =>
  (page) =>
    page.locator('[aria-labelledby=decide] button').nth(n).click();
const chooser = (page: Page) => page.locator('article').first().locator('button[aria-pressed]');
const viewed =
  (path: string): Act =>
  async (page) => {
    await page.locator(`[data-file="${path}"] button`).first().click();
    await page.locator('dialog img, dialog pre, dialog audio, dialog [role=status]').first().waitFor();
  };
const many = photos(2_000);

const reviewScreens: Record<string, [Order | null, ...Act[]]> = {
  ...Object.fromEntries(Object.entries(orders).map(([name, order]) => [name, [order]])),
  gone: [null],
  accept: [orders.delivered!, pressed(0)],
  changes: [orders.delivered!, pressed(1)],
  'changes-missing': [orders.delivered!, pressed(1), (p) => p.locator('dialog button').last().click()],
  extend: [orders.delivered!, (p) => p.getByTestId('status-card').locator('button').click()],
  earlier: [orders.delivered!, (p) => p.locator('summary').first().click()],
  history: [
    orders.delivered!,
    (p) => p.locator('summary').last().click(),
    (p) => p.getByTestId('history').scrollIntoViewIfNeeded(),
  ],
  messages: [orders.delivered!, (p) => p.locator('form button').scrollIntoViewIfNeeded()],
  'message-missing': [orders.delivered!, (p) => p.locator('form button').click()],
  choosing: [orders.delivered!, (p) => chooser(p).nth(0).click(), (p) => p.locator('[data-file] input').nth(1).check()],
  'choosing-none': [orders.delivered!, (p) => chooser(p).nth(0).click()],
  checksums: [orders.delivered!, (p) => chooser(p).nth(1).click()],
  'files-package': [packaged, (p) => p.locator('[data-file]').scrollIntoViewIfNeeded()],
  'files-package-open': [packaged, (p) => p.locator('[aria-expanded=false]').first().click()],
  'files-grid': [orders.delivered!, (p) => p.getByRole('search').locator('button').last().click()],
  'files-search-none': [orders.delivered!, (p) => p.getByRole('searchbox').fill('nothing')],
  'files-sorted': [orders.delivered!, (p) => p.getByRole('search').locator('select').selectOption('size')],
  'files-many': [many],
  'files-many-grid': [many, (p) => p.getByRole('search').locator('button').last().click()],
  'preview-rendition': [many, viewed('Shoot 1/DSC_0001.jpg')],
  'preview-none': [orders.delivered!, viewed('logo/on blue.png'), (p) => p.keyboard.press('End')],
  'preview-image': [orders.delivered!, viewed('logo/on blue.png')],
  'preview-zoomed': [orders.delivered!, viewed('logo/on blue.png'), (p) => p.keyboard.press('+')],
  'preview-text': [orders.delivered!, viewed('logo/read me.txt')],
  'preview-audio': [orders.delivered!, viewed('film/jingle.wav')],
  'comments-image': [
    orders.commented!,
    viewed('logo/on blue.png'),
    (p) => p.locator('[data-pin]').click(),
    (p) => p.locator('[data-testid=comments] > button').click(),
  ],
  'comments-send': [orders.commented!, pressed(1)],
  'preview-broken': [orders.delivered!, viewed('film/broken.mp4')],
  ...Object.fromEntries(Object.entries(shareScreens).map(([name, acts]) => [name, [orders.delivered!, ...acts]])),
  'cancel-propose': [orders.delivered!, (p) => p.locator('main button').last().click()],
  'cancel-agree': [orders['cancel-asked']!, (p) => p.locator('[aria-labelledby=cancellation] button').nth(1).click()],
  'cancel-decline': [orders['cancel-asked']!, (p) => p.locator('[aria-labelledby=cancellation] button').nth(0).click()],
  'cancel-withdraw': [orders['cancel-own']!, (p) => p.locator('[aria-labelledby=cancellation] button').click()],
};

let browser: Browser;
let server: ReviewServer; // one server, so that the browser caches the page's scripts
beforeAll(async () => {
  browser = await launch();
  server = await serveReview(null);
});
const looker = new Looker(() => browser);
afterAll(async () => {
  await looker.close();
  await browser.close();
  await server.close();
});

describe('the buyer’s page', () => {
  for (const [name, [order, ...acts]] of Object.entries(reviewScreens)) {
    it.runIf(!only || only === name)(name, async () => {
      const faults: string[] = [];
      for (const look of looks([390, 844], [1280, 800])) {
        const go = async (page: Page) => {
          await page.goto(`${server.url}/review/order/logo`);
          await page.locator('h1').waitFor();
        };
        server.begin(order);
        faults.push(...(await looker.faultsOf(`review/${name}`, look, go, acts)));
      }
      expect(faults).toEqual([]);
    });
  }
});
