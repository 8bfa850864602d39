// PDFs on the buyer's page: shown page by page, with the keyboard, and without
// running their actions.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pdf, type PdfOptions } from './fake/pdf.ts';
import { sampleOrder, serveReview, type Order, type ReviewServer } from './fake/review.ts';
import { at, NOW } from './fake/samples.ts';
import * as buyer from './flows/review.ts';
import { clipped, launch, open, picture, violations, type Look } from './harness/browser.ts';
import { delivered } from './harness/deliver.ts';
import { Programs, server } from './harness/programs.ts';

const PAGES = ['The cover', 'Page two', 'The end'];
const documents: Record<string, PdfOptions & { size?: number }> = {
  'plan.pdf': { pages: PAGES },
  'locked.pdf': { pages: PAGES, locked: true },
  'huge.pdf': { pages: PAGES, size: 2_000_000_000 },
  'large.pdf': { pages: PAGES, ballast: 30_000_000 },
  'damaged large.pdf': { pages: PAGES, ballast: 120_000_000, indexless: true },
};

function order(): [Order, Record<string, Buffer>] {
  const contents: Record<string, Buffer> = { broken: Buffer.from('%PDF-1.7\nthis is none') };
  const files = Object.entries(documents).map(([path, { size, ...options }]) => {
    contents[path] = pdf(options);
    const type = 'application/pdf';
    return { id: path, path, size: size ?? contents[path].length, sha256: '1f'.repeat(32), type };
  });
  files.push({ id: 'broken', path: 'broken.pdf', size: 21, sha256: '2e'.repeat(32), type: 'application/pdf' });
  const delivery = { number: 1, delivered_at: at(-1), description: 'The plans.', files, links: [] };
  return [sampleOrder({ deliveries: [delivery] }), contents];
}

let browser: Browser;
let fake: ReviewServer;
beforeAll(async () => {
  browser = await launch();
  const [sample, contents] = order();
  fake = await serveReview(sample);
  fake.contents = contents;
});
afterAll(async () => {
  await browser.close();
  await fake.close();
});

async function shown(look: Look, go: (page: Page) => Promise<void>) {
  const { page, complaints, close } = await open(browser, look, NOW);
  await buyer.openReview(page, `${fake.url}/review/order/logo`);
  await go(page);
  expect(complaints).toEqual([]);
  await close();
}

const onPage = (page: Page, n: number) => page.locator(`[data-page="${n}"]`).waitFor();
const announced = (page: Page, text: string) =>
  page.locator('dialog [role=status]').filter({ hasText: text }).waitFor();
const open1 = (page: Page, path: string) => page.locator(`[data-file="${path}"]`).getByRole('button').first();

/** The rough share of the page's picture that is not the background: is anything printed on it? */
const printed = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('dialog canvas')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let dark = 0;
    for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 255) < 100) dark++;
    return dark;
  });

describe('a PDF', () => {
  it('is read with the keyboard alone, and its reader is loaded only then', () =>
    shown({ width: 390, height: 844, touch: true }, async (page) => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(asked.filter((url) => /pdf/i.test(url))).toEqual([]);
      await open1(page, 'plan.pdf').press('Enter');
      await onPage(page, 1);
      await announced(page, 'Page 1 of 3');
      await page.getByText('The cover').waitFor();
      expect(await printed(page)).toBeGreaterThan(200);

      const region = page.getByRole('region', { name: 'plan.pdf' });
      await region.press('PageDown');
      await onPage(page, 2);
      await page.getByText('Page two').waitFor();
      await region.press('PageDown');
      await announced(page, 'Page 3 of 3');
      await region.press('PageDown');
      await announced(page, 'Page 3 of 3');
      await page.getByLabel('Page', { exact: true }).fill('1');
      await page.getByLabel('Page', { exact: true }).press('Enter');
      await onPage(page, 1);
      await page.getByLabel('Page', { exact: true }).fill('99');
      await page.getByRole('button', { name: 'Previous page' }).press('Enter');
      await onPage(page, 2);

      await page.getByRole('button', { name: 'Fit width' }).press('Enter');
      await page.waitForFunction(() => Math.round(document.querySelector('dialog canvas')!.clientWidth) === 358);
      await region.press('+');
      await page.waitForFunction(() => document.querySelector('dialog canvas')!.clientWidth > 360);
      await region.press('0');
      await page.waitForFunction(() => document.querySelector('dialog canvas')!.clientWidth <= 358);
      expect(await page.evaluate(() => document.querySelector('dialog')!.scrollWidth)).toBe(390);
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
    }));

  it('takes comments to the page that is read, and goes back there', () =>
    shown({}, async (page) => {
      await open1(page, 'plan.pdf').click();
      await onPage(page, 1);
      await page.getByRole('button', { name: 'Next page' }).click();
      await onPage(page, 2);
      await page.getByRole('button', { name: 'Comment on page 2' }).click();
      const editor = page.getByTestId('comment-editor');
      await editor.getByLabel('Your comment').fill('A typo');
      await editor.getByLabel('Your comment').press('ArrowLeft');
      await onPage(page, 2);
      await editor.getByRole('button', { name: 'Save comment' }).click();
      await editor.waitFor({ state: 'detached' });
      expect(fake.comments.list).toMatchObject([{ file: 'plan.pdf', page: 2, text: 'A typo' }]);
      await page.keyboard.press('Escape');
      await open1(page, 'plan.pdf').click();
      await onPage(page, 1);
      await page
        .getByTestId('comments')
        .getByRole('button', { name: /page 2/i })
        .first()
        .click();
      await onPage(page, 2);
      expect(await violations(page)).toEqual([]);
    }));

  for (const [path, text] of [
    ['locked.pdf', 'This PDF is protected with a password.'],
    ['broken.pdf', 'This file is damaged or is not a PDF.'],
    ['huge.pdf', 'This PDF is too large to show here.'],
    ['damaged large.pdf', 'This PDF is too large to show here.'],
  ] as const)
    it(`says why it is not shown, and can be downloaded: ${path}`, () =>
      shown({}, async (page) => {
        await open1(page, path).click();
        await page.getByText(text).waitFor();
        expect(
          await page
            .locator('dialog')
            .getByRole('link', { name: /Download/ })
            .count(),
        ).toBe(1);
      }));

  it('is loaded only as far as it is read', () =>
    shown({}, async (page) => {
      let bytes = 0;
      page.on('response', (response) => {
        if (response.url().endsWith('/preview') && response.status() === 206)
          bytes += Number(response.headers()['content-length'] ?? 0);
      });
      await open1(page, 'large.pdf').click();
      await onPage(page, 1);
      for (const n of [2, 3]) {
        await page.getByRole('button', { name: 'Next page' }).click();
        await onPage(page, n);
      }
      expect(bytes).toBeGreaterThan(100_000);
      expect(bytes).toBeLessThan(3_000_000);
    }));

  for (const look of [
    { locale: 'en-GB', theme: 'light' },
    { locale: 'de-DE', theme: 'dark' },
    { locale: 'de-DE', theme: 'light', width: 390, height: 844 },
    { locale: 'en-GB', theme: 'dark', width: 390, height: 844 },
  ] as const)
    it(`is accessible, and nothing is cut off: ${Object.values(look).join(' ')}`, () =>
      shown(look, async (page) => {
        await open1(page, 'plan.pdf').click();
        await onPage(page, 1);
        if (process.env.SCREENS) await picture(page, `screens/pdf/${Object.values(look).join('-')}`);
        expect([...(await violations(page)), ...(await clipped(page))]).toEqual([]);
      }));
});

describe.runIf(server)('a PDF of a real server', () => {
  let programs: Programs;
  beforeEach(() => void (programs = new Programs()));
  afterEach(() => programs.stop());

  it('runs and opens nothing, and comes in ranges', async () => {
    const files = { 'active.pdf': pdf({ pages: PAGES, active: true, ballast: 4_000_000 }) };
    const { review } = await delivered(programs, files);
    const { page, complaints } = await open(browser, { width: 390, height: 844 });
    const asked: string[] = [];
    page.context().on('request', (request) => asked.push(new URL(request.url()).pathname));
    page.on('dialog', (dialog) => asked.push(dialog.type()));
    const answers: number[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('/preview')) answers.push(response.status());
    });
    await buyer.openReview(page, review);
    await open1(page, 'active.pdf').click();
    await onPage(page, 1);
    await page.locator('dialog canvas').click({ position: { x: 150, y: 150 }, force: true });
    await page.getByRole('button', { name: 'Next page' }).click();
    await onPage(page, 2);
    expect(await page.locator('dialog [data-page] :is(a, button, form, input)').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(answers).toContain(206);
    expect(asked.filter((path) => path.startsWith('/ran') || path === 'alert')).toEqual([]);
    expect(page.context().pages().length).toBe(1);
    expect(complaints).toEqual([]);
  });
});
