// The list of files and the preview of the buyer's page, in a real browser over a fake server.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photos } from './fake/photos.ts';
import { orders, packaged, sampleOrder, serveReview, type Order, type ReviewServer } from './fake/review.ts';
import { at, NOW } from './fake/samples.ts';
import * as buyer from './flows/review.ts';
import { launch, open, still, type Look } from './harness/browser.ts';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

type Go = (page: Page, server: ReviewServer) => Promise<void>;

function flow(name: string, order: Order, go: Go, look: Look = {}, hash = '') {
  it(name, async () => {
    const server = await serveReview(order);
    const { page, complaints, close } = await open(browser, look, NOW);
    await buyer.openReview(page, `${server.url}/review/order/logo${hash}`);
    await go(page, server);
    await close();
    await server.close();
    expect(complaints.filter((complaint) => !/Failed to load resource/.test(complaint))).toEqual([]);
  });
}

const delivering = (...files: Order['deliveries'][0]['files']) =>
  sampleOrder({ deliveries: [{ number: 1, delivered_at: at(-1), description: 'Here.', files, links: [] }] });
const image = (path: string, type: string, size: number) => ({ id: path, path, type, size, sha256: 'ab'.repeat(32) });
const title = (page: Page) => page.locator('dialog h2').innerText();
const titled = (page: Page, name: string) => page.locator('dialog h2', { hasText: name }).waitFor();
const closed = (page: Page) => page.locator('dialog').waitFor({ state: 'detached' });
const list = (page: Page) => page.getByRole('list', { name: 'Files' });
const view = (page: Page, path: string) => page.getByRole('button', { name: `View ${path}` });
const paths = (page: Page) =>
  page.locator('[data-file]').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.file));

describe('the list of files', () => {
  flow('draws of 2,000 files only those that can be seen', photos(2_000), async (page) => {
    const nodes = () => page.evaluate(() => document.querySelectorAll('*').length);
    expect(await nodes()).toBeLessThan(1_000);
    expect(await list(page).locator('li').first().getAttribute('aria-setsize')).toBe('2010');
    const box = list(page).locator('xpath=..');
    await box.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await view(page, 'Shoot 10/DSC_2000.jpg').waitFor();
    expect(await nodes()).toBeLessThan(1_000);
    // The keyboard reaches every row, without rendering more rows.
    await view(page, 'Shoot 10/DSC_2000.jpg').press('Home');
    await page.waitForFunction(() => document.activeElement?.closest('[data-row="0"]') !== null);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.activeElement?.closest('[data-row="1"]') !== null);
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.activeElement?.closest('[data-row="2009"]') !== null);
    expect(await nodes()).toBeLessThan(1_000);
    await page.getByRole('button', { name: 'Grid' }).click();
    expect(await nodes()).toBeLessThan(1_000);
  });

  flow('searches, sorts, and goes through the files in that order', photos(2_000), async (page) => {
    await page.getByRole('searchbox', { name: 'Search files' }).fill('SHOOT 3/dsc_01');
    await list(page).locator('[data-file]').first().waitFor();
    expect((await paths(page)).length).toBe(10);
    await page.getByRole('combobox', { name: 'Sort files' }).selectOption('size');
    const sorted = await paths(page);
    expect(sorted.length).toBe(10);
    expect(sorted).not.toEqual([...sorted].sort());
    const [folder, name] = sorted[0]!.split('/');
    await view(page, `${name} ${folder}`).click(); // a list without folders reads as it looks
    const seen = [await title(page)];
    for (let n = 1; n < sorted.length; n++) {
      await page.keyboard.press('ArrowRight');
      await titled(page, sorted[n]!.split('/')[1]!);
      seen.push(await title(page));
    }
    expect(seen).toEqual(sorted.map((path) => path!.split('/')[1]));
    await page.keyboard.press('Home');
    await titled(page, seen[0]!);
    await page.keyboard.press('End');
    await titled(page, seen.at(-1)!);
    await page.keyboard.press('Escape');
    await closed(page);
    await page.getByRole('searchbox').fill('zebra');
    await page.getByText('No file matches “zebra”.').waitFor();
    await page.getByRole('button', { name: 'Show all files' }).click();
    // This browser keeps the sort order.
    await page.reload();
    await list(page).locator('[data-file]').first().waitFor();
    expect(await page.getByRole('combobox', { name: 'Sort files' }).inputValue()).toBe('size');
  });

  flow('has a package as one row, with its zip, and opens it', packaged, async (page) => {
    const song = page.getByRole('button', { name: /^Package.* Song\.logicx 3 files, 215 MB$/ });
    await song.waitFor();
    expect(await paths(page)).toEqual(['tools/read me.txt']);
    const zip = page.getByRole('link', { name: 'Download Song.logicx' });
    expect(await zip.getAttribute('href')).toMatch(/\/deliveries\/1\/archive\.zip\?files=p1,p2,p3$/);
    await song.press('Enter');
    await view(page, 'Song.logicx/Media/Cover.png').click();
    await titled(page, 'Cover.png');
    await page.keyboard.press('Escape');
    await closed(page);
    await page.getByRole('button', { name: 'Choose files' }).click();
    await page.getByRole('checkbox', { name: 'Song.logicx', exact: true }).check();
    await page.getByRole('link', { name: /^Download 3 files/ }).waitFor();
    await page.getByRole('checkbox', { name: 'Song.logicx/Media/Cover.png' }).uncheck();
    expect(await page.getByRole('checkbox', { name: 'Song.logicx', exact: true }).isChecked()).toBe(false);
  });

  flow('shows pictures in a grid, and remembers it', orders.delivered!, async (page) => {
    await page.getByRole('button', { name: 'Grid' }).click();
    await page.locator('[data-file="logo/on blue.png"] img').waitFor();
    await page.reload();
    expect(await page.getByRole('button', { name: 'Grid' }).getAttribute('aria-pressed')).toBe('true');
    await page.locator('[data-file="logo/on blue.png"]').getByRole('button').click();
    await titled(page, 'on blue.png');
  });

  flow('offers to download all on top', orders.delivered!, async (page) => {
    const all = (await page.getByRole('link', { name: /Download all/ }).boundingBox())!;
    const first = (await page.locator('[data-file]').first().boundingBox())!;
    expect(all.y + all.height).toBeLessThan(first.y);
    expect(all.y).toBeLessThan(800);
  });

  flow('keeps chosen files, and the place, when the order changes', photos(400), async (page, server) => {
    await page.getByRole('button', { name: 'Choose files' }).click();
    const box = list(page).locator('xpath=..');
    await box.evaluate((element) => element.scrollTo(0, 4_000));
    const some = page.getByRole('checkbox').nth(20);
    const name = (await some.getAttribute('aria-label'))!;
    await some.check();
    const zip = page.getByRole('link', { name: 'Download 1 file' });
    const before = await zip.getAttribute('href');
    const place = await box.evaluate((element) => element.scrollTop);
    server.change({ review_ends_at: at(40), deliveries: structuredClone(server.order!.deliveries) });
    await page.getByText('Thursday 26 November').first().waitFor();
    expect(await zip.getAttribute('href')).toBe(before);
    expect(await page.getByRole('checkbox', { name }).isChecked()).toBe(true);
    expect(await box.evaluate((element) => element.scrollTop)).toBe(place);
  });
});

describe('the address of a file', () => {
  flow('is closed by Back, and opened by Forward', orders.delivered!, async (page) => {
    const start = page.url();
    await view(page, 'logo/on blue.png').click();
    await titled(page, 'on blue.png');
    expect(page.url()).toBe(`${start}#file=f5&delivery=2`);
    await page.keyboard.press('ArrowRight');
    await titled(page, 'read me.txt');
    await page.goBack();
    await closed(page);
    expect(page.url()).toBe(start);
    await page.goForward();
    await titled(page, 'read me.txt');
    await page.getByRole('button', { name: 'Close' }).click();
    await closed(page);
    await page.waitForURL(start);
  });

  flow(
    'opens the preview, which closes without leaving',
    orders.delivered!,
    async (page) => {
      await titled(page, 'on blue.png');
      await page.keyboard.press('Escape');
      await closed(page);
      expect(page.url()).toMatch(/\/review\/order\/logo$/);
    },
    {},
    '#file=f5',
  );

  flow(
    'says when there is no such file',
    orders.delivered!,
    async (page) => {
      await page.getByText('The link names a file that this order does not have.').waitFor();
      expect(await page.locator('dialog').count()).toBe(0);
      expect(page.url()).toMatch(/\/review\/order\/logo$/);
    },
    {},
    '#file=gone&delivery=2',
  );
});

describe('the preview', () => {
  flow('goes through all files, those without a preview too', orders.delivered!, async (page) => {
    await view(page, 'logo/on blue.png').click();
    await titled(page, 'on blue.png');
    await page.keyboard.press('Home');
    await titled(page, 'broken.mp4');
    const seen = [await title(page)];
    const all = page.locator('dialog').getByText('of 8');
    while ((await all.innerText()) !== '8 of 8') {
      const before = await title(page);
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((before) => document.querySelector('dialog h2')!.textContent !== before, before);
      seen.push(await title(page));
    }
    expect(new Set(seen).size).toBe(8);
    await page.getByText('There is no preview for this type of file.').waitFor();
  });

  flow(
    'goes on with a swipe',
    orders.delivered!,
    async (page) => {
      await view(page, 'logo/on blue.png').click();
      await titled(page, 'on blue.png');
      await page.locator('dialog img').waitFor();
      await page.getByTestId('preview').evaluate((target) => {
        const touch = (clientX: number) => new Touch({ identifier: 1, target, clientX, clientY: 300 });
        const event = (type: string, x: number, touches: Touch[]) =>
          target.dispatchEvent(new TouchEvent(type, { bubbles: true, touches, changedTouches: [touch(x)] }));
        event('touchstart', 300, [touch(300)]);
        event('touchend', 100, []);
      });
      await titled(page, 'read me.txt');
    },
    { width: 390, height: 844, touch: true },
  );

  const photo = delivering(image('photo.jpg', 'image/jpeg', 38_000_000), image('scan.tif', 'image/tiff', 90_000_000));
  const shown = (page: Page, width: number) =>
    page.waitForFunction(
      (width) => document.querySelector<HTMLImageElement>('dialog [role=region] img')?.naturalWidth === width,
      width,
    );

  flow('shows a thumbnail, then a rendition, then the original', photo, async (page) => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/rendition', async (route) => {
      await held;
      await route.continue();
    });
    await view(page, 'photo.jpg').click();
    await page.getByRole('status').getByText('The picture is loading.').waitFor();
    await page.locator('dialog img[src$="/thumbnail"]').waitFor();
    release();
    await shown(page, 800);
    // The zoom counts pixels of the original, not of the rendition.
    expect(await page.getByTestId('zoom').innerText()).not.toBe('100%');
    await page.keyboard.press('+');
    const zoom = await page.getByTestId('zoom').innerText();
    await page.getByRole('button', { name: 'Show the original, 38 MB' }).click();
    await shown(page, 3200);
    expect(await page.getByTestId('zoom').innerText()).toBe(zoom);
    expect(await page.getByRole('button', { name: /Show the original/ }).count()).toBe(0);
  });

  flow('shows a TIFF, of which it offers no original', photo, async (page) => {
    await view(page, 'scan.tif').click();
    await shown(page, 800);
    expect(await page.getByRole('button', { name: /Show the original/ }).count()).toBe(0);
  });

  const without = delivering(
    image('broken.jpg', 'image/jpeg', 9_000_000),
    image('broken.tif', 'image/tiff', 9_000_000),
    image('small.png', 'image/png', 90_000),
  );

  flow('falls back to the file, where the browser shows it', without, async (page) => {
    await view(page, 'broken.jpg').click();
    await shown(page, 3200);
    await page.keyboard.press('ArrowRight');
    await page.getByText('This browser cannot show the file. Download it to view it.').waitFor();
    await page.keyboard.press('ArrowRight');
    await shown(page, 1600);
  });

  flow('tries again what could not be loaded', photo, async (page) => {
    await page.route('**/rendition', (route) => route.abort());
    await view(page, 'photo.jpg').click();
    await page.getByText('The file could not be loaded.').waitFor();
    await page.unroute('**/rendition');
    await page.getByRole('button', { name: 'Try again' }).click();
    await shown(page, 800);
  });

  flow('keeps what it shows when the order changes', orders.delivered!, async (page, server) => {
    await view(page, 'logo/on blue.png').click();
    await shown(page, 1600);
    await page.keyboard.press('+');
    const zoom = await page.getByTestId('zoom').innerText();
    const src = () => page.locator('dialog [role=region] img').getAttribute('src');
    const before = await src();
    server.change({ review_ends_at: at(40), deliveries: structuredClone(server.order!.deliveries) });
    await page.waitForFunction(() => document.body.textContent!.includes('Thursday 26 November'));
    expect([await src(), await page.getByTestId('zoom').innerText()]).toEqual([before, zoom]);
  });

  flow(
    'shows an SVG as a picture, in which nothing runs',
    delivering(image('evil.svg', 'image/svg+xml', 900)),
    async (page, server) => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      let alerts = 0;
      page.on('dialog', (dialog) => {
        alerts++;
        void dialog.dismiss();
      });
      server.contents['evil.svg'] =
        Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" onload="alert(1)">
      <style>@import url("/stolen.css"); rect { fill: rgb(200, 0, 0) }</style>
      <script>alert(2); fetch('/stolen')</script><script href="/stolen.js"/>
      <image href="/stolen.png" width="10" height="10"/>
      <foreignObject width="100" height="50"><iframe xmlns="http://www.w3.org/1999/xhtml" src="/stolen.html"/></foreignObject>
      <rect width="200" height="100"/></svg>`);
      await view(page, 'evil.svg').click();
      await shown(page, 200);
      // A drawing is sharp at every size, so it fills its window.
      expect(await page.locator('dialog [role=region] img').evaluate((element) => element.clientWidth)).toBeGreaterThan(
        500,
      );
      await still(page);
      expect([alerts, asked.filter((path) => path.includes('stolen'))]).toEqual([0, []]);
    },
  );
});
