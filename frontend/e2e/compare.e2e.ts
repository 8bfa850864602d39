// Comparing two deliveries, also on a phone and with the keyboard.
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { png } from './fake/content.ts';
import { sampleOrder, serveReview, type Order, type ReviewServer } from './fake/review.ts';
import { at, NOW } from './fake/samples.ts';
import { webm } from './fake/webm.ts';
import * as buyer from './flows/review.ts';
import { clipped, launch, open, picture, still, violations, type Look } from './harness/browser.ts';
import { delivered } from './harness/deliver.ts';
import { Programs, server } from './harness/programs.ts';

const poem = (line: string) => Array.from({ length: 30 }, (_, n) => (n === 14 ? line : `Line ${n + 1}`)).join('\n');
type Sample = [path: string, type: string, sha: string, content: Buffer];
const earlier: Sample[] = [
  ['logo/mark.png', 'image/png', '11', png(320, 180)],
  ['film/cut.webm', 'video/webm', '21', webm(2)],
  ['texts/poem.txt', 'text/plain; charset=utf-8', '31', Buffer.from(poem('The quick fox'))],
  ['texts/same.txt', 'text/plain; charset=utf-8', '41', Buffer.from('same')],
  ['notes.txt', 'text/plain; charset=utf-8', '51', Buffer.from('moved')],
  ['draft.zip', 'application/zip', '61', Buffer.from('PK')],
  ['fonts.zip', 'application/zip', '71', Buffer.from('PK')],
];
const later: Sample[] = [
  ['logo/mark.png', 'image/png', '12', png(640, 360)],
  ['film/cut.webm', 'video/webm', '22', webm(3)],
  ['texts/poem.txt', 'text/plain; charset=utf-8', '32', Buffer.from(poem('The slow fox'))],
  ['texts/same.txt', 'text/plain; charset=utf-8', '41', Buffer.from('same')],
  ['texts/notes.txt', 'text/plain; charset=utf-8', '51', Buffer.from('moved')],
  ['logo/broken.png', 'image/png', '81', Buffer.from('none')],
  ['fonts.zip', 'application/zip', '72', Buffer.from('PK')],
];

function order(): [Order, Record<string, Buffer>] {
  const contents: Record<string, Buffer> = {};
  const deliveries = [earlier, later].map((samples, n) => {
    const files = samples.map(([path, type, sha, content]) => {
      const id = `${n + 1}-${path.replaceAll('/', '-')}`;
      contents[id] = content;
      return { id, path, size: content.length, sha256: sha.repeat(32), type };
    });
    return { number: n + 1, delivered_at: at(n - 3), description: 'The work.', files, links: [] };
  });
  return [sampleOrder({ deliveries }), contents];
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

const naturalWidth = (image: Locator) => image.evaluate((one) => (one as HTMLImageElement).naturalWidth);
const row = (page: Page, path: string) => page.locator(`[data-file="${path}"]`).first();
const file = (page: Page, path: string) => page.locator('dialog li').filter({ hasText: path }).getByRole('button');
const compareAll = (page: Page) => page.getByRole('button', { name: 'Compare with delivery 1' }).press('Enter');

describe('two deliveries', () => {
  it('mark the files of the later one, and show small pictures of its images', () =>
    shown({}, async (page) => {
      for (const [path, mark] of [
        ['logo/mark.png', 'Changed'],
        ['logo/broken.png', 'New'],
        ['texts/notes.txt', 'Moved'],
        ['texts/same.txt', 'Unchanged'],
        ['fonts.zip', 'Changed'],
      ] as const)
        await row(page, path).getByText(mark, { exact: true }).waitFor();
      const small = row(page, 'logo/mark.png').locator('img');
      await expect.poll(() => naturalWidth(small)).toBe(160);
      // A file without a thumbnail shows an icon and reports no error.
      await row(page, 'logo/broken.png').locator('svg').first().waitFor();
      expect(await row(page, 'logo/broken.png').locator('img').count()).toBe(0);
    }));

  it('are listed by what became of their files, whichever two they are', () =>
    shown({ width: 390, height: 844 }, async (page) => {
      await compareAll(page);
      const status = page.locator('dialog [role=status]').first();
      expect(await status.innerText()).toBe('4 changed · 1 new · 1 moved · 1 removed · 1 unchanged');
      expect(await page.locator('dialog li').count()).toBe(7);
      await page.getByRole('button', { name: 'Show unchanged files (1)' }).press('Enter');
      expect(await page.locator('dialog li').count()).toBe(8);
      await page.getByText('was notes.txt').waitFor();
      await page.getByLabel('From').selectOption('2');
      await page.getByText('All files are the same.').waitFor({ state: 'detached' });
      expect(await status.innerText()).toBe('7 unchanged');
      await page.getByLabel('To', { exact: true }).selectOption('1');
      expect(await status.innerText()).toBe('4 changed · 1 new · 1 moved · 1 removed · 1 unchanged');
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.waitForFunction(() => document.activeElement?.textContent?.includes('Compare with delivery 1'));
    }));

  it('show images one over the other, and side by side', () =>
    shown({ width: 390, height: 844, touch: true }, async (page) => {
      await page.getByRole('button', { name: 'Compare logo/mark.png: changed' }).press('Enter');
      await page.getByText('320 × 180').waitFor();
      await page.getByText('640 × 360').waitFor();
      const slider = page.getByRole('slider', { name: 'How much of delivery 1 is shown' });
      const cut = () => page.getByRole('img', { name: 'Delivery 1' }).evaluate((image) => image.style.clipPath);
      expect(await cut()).toBe('inset(0px 50% 0px 0px)');
      await slider.press('ArrowRight');
      expect(await cut()).toBe('inset(0px 49% 0px 0px)');
      await slider.press('Home');
      expect(await cut()).toBe('inset(0px 100% 0px 0px)');
      await page.getByRole('button', { name: 'Side by side' }).press('Enter');
      const [above, below] = await page
        .locator('dialog img')
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
      expect(below).toBeGreaterThan(above!);
      await page.getByRole('button', { name: 'Back to the files' }).press('Enter');
      await file(page, 'logo/mark.png').waitFor();
    }));

  it('show texts line by line', () =>
    shown({}, async (page) => {
      await page.getByRole('button', { name: 'Compare texts/poem.txt: changed' }).click();
      const lines = page.locator('[data-line]');
      await lines.first().waitFor();
      expect(await page.locator('[data-line=gone]').innerText()).toContain('The quick fox');
      expect(await page.locator('[data-line=new]').innerText()).toContain('The slow fox');
      expect(await page.locator('[data-line=new] span.bg-good\\/25').innerText()).toBe('slow');
      expect(await lines.count()).toBe(8);
      await page.getByText('11 unchanged lines').waitFor();
      await file(page, 'fonts.zip').click();
      await page.getByText('These files cannot be compared here.').waitFor();
      expect(await page.getByTestId('pair').getByRole('link').count()).toBe(2);
      await file(page, 'texts/notes.txt').click();
      await page.getByText('moved', { exact: true }).last().waitFor();
    }));

  it('play films in step', () =>
    shown({}, async (page) => {
      await page.getByRole('button', { name: 'Compare film/cut.webm: changed' }).click();
      await page.getByTestId('time').getByText('0:00 of 0:03').waitFor();
      const places = () =>
        page.locator('dialog video').evaluateAll((all) => (all as HTMLVideoElement[]).map((one) => one.currentTime));
      await page.getByRole('slider', { name: 'Position in both' }).fill('1.2');
      expect(await places()).toEqual([1.2, 1.2]);
      const muted = () =>
        page.locator('dialog video').evaluateAll((all) => (all as HTMLVideoElement[]).map((one) => one.muted));
      expect(await muted()).toEqual([true, false]);
      await page.getByLabel('Sound of delivery 1').check();
      expect(await muted()).toEqual([false, true]);
      await page.getByRole('button', { name: 'Play both' }).press('Enter');
      await page.getByRole('button', { name: 'Pause both' }).waitFor();
      // To the end of the longer one; the shorter one stops at its end.
      await page.getByTestId('time').getByText('0:03 of 0:03').waitFor();
      await page.getByRole('button', { name: 'Play both' }).waitFor();
      expect((await places()).map(Math.round)).toEqual([2, 3]);
    }));

  for (const look of [
    { locale: 'en-GB', theme: 'light' },
    { locale: 'de-DE', theme: 'dark' },
    { locale: 'de-DE', theme: 'light', width: 390, height: 844 },
    { locale: 'en-GB', theme: 'dark', width: 390, height: 844 },
  ] as const)
    it(`are accessible, and nothing is cut off: ${Object.values(look).join(' ')}`, () =>
      shown(look, async (page) => {
        const found: string[] = [];
        const look1 = async (name: string) => {
          if (process.env.SCREENS) await picture(page, `screens/compare/${name}-${Object.values(look).join('-')}`);
          found.push(...(await violations(page)), ...(await clipped(page)));
        };
        await row(page, 'logo/mark.png').locator('img').waitFor();
        await look1('tree');
        await page.locator('article[data-delivery="2"] > button').first().click();
        await page.locator('dialog li').first().waitFor();
        await look1('list');
        for (const path of ['logo/mark.png', 'texts/poem.txt', 'film/cut.webm', 'fonts.zip']) {
          await file(page, path).click();
          await page.getByTestId('pair').getByRole('link').nth(1).waitFor();
          await still(page);
          await look1(path.replace('/', '-'));
          if ('width' in look) await page.locator('dialog header button').first().click();
        }
        expect(found).toEqual([]);
      }));
});

describe.runIf(server)('two deliveries of a real server', () => {
  let programs: Programs;
  beforeEach(() => void (programs = new Programs()));
  afterEach(() => programs.stop());

  it('are compared, with thumbnails that it made', async () => {
    const { review } = await delivered(
      programs,
      { 'mark.png': png(320, 180), 'poem.txt': Buffer.from(poem('The quick fox')), 'cut.webm': webm(2) },
      {
        'mark.png': png(640, 360),
        'poem.txt': Buffer.from(poem('Größe'), 'latin1'),
        'cut.webm': webm(3),
        'cut.png': png(300, 300).subarray(0, 900),
      },
    );
    const { page, complaints } = await open(browser, { width: 390, height: 844 });
    await buyer.openReview(page, review);
    const small = row(page, 'mark.png').locator('img');
    await expect.poll(() => naturalWidth(small)).toBe(160);
    expect(await small.evaluate((image) => (image as HTMLImageElement).naturalHeight)).toBe(90);
    await row(page, 'cut.png').locator('img').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Compare poem.txt: changed' }).click();
    expect(await page.locator('[data-line=new]').innerText()).toContain('Größe');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Compare mark.png: changed' }).click();
    await page.getByText('640 × 360').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Compare cut.webm: changed' }).click();
    await page.getByTestId('time').getByText('0:00 of 0:03').waitFor();
    await page.getByRole('slider', { name: 'Position in both' }).fill('1');
    await page.getByTestId('time').getByText('0:01 of 0:03').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
