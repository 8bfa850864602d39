// Comments on the work, on the buyer's page: with a pointer, on a phone, and with
// the keyboard alone.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked } from './fake/comments.ts';
import { orders, serveReview, type Order, type ReviewServer } from './fake/review.ts';
import { NOW } from './fake/samples.ts';
import * as buyer from './flows/review.ts';
import { launch, open, violations, type Look } from './harness/browser.ts';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

const phone: Look = { width: 390, height: 844, touch: true };
const desktop: Look = { width: 1280, height: 800 };

function flow(name: string, look: Look, go: (page: Page, server: ReviewServer) => Promise<void>, order?: Order) {
  it(name, async () => {
    const server = await serveReview(order ?? orders.delivered!);
    const { page, complaints, close } = await open(browser, look, NOW);
    await buyer.openReview(page, `${server.url}/review/order/logo`);
    await go(page, server);
    await close();
    await server.close();
    expect(complaints.filter((complaint) => !/Failed to load resource/.test(complaint))).toEqual([]);
  });
}

const view = async (page: Page, path: string) => {
  await page.getByRole('button', { name: `View ${path}` }).click();
  return page.getByRole('dialog');
};
const loaded = (page: Page) =>
  page.waitForFunction(() => (document.querySelector('dialog img') as HTMLImageElement)?.clientWidth > 0);

async function write(page: Page, text: string) {
  const editor = page.getByTestId('comment-editor');
  await editor.getByLabel('Your comment').fill(text);
  await editor.getByRole('button', { name: 'Save comment' }).click();
  await editor.waitFor({ state: 'detached' });
}

describe('comments on the buyer’s page', () => {
  for (const [where, look] of [
    ['at a desk', desktop],
    ['on a phone', phone],
  ] as const) {
    flow(`are pinned to a place of an image, ${where}`, look, async (page, server) => {
      const dialog = await view(page, 'logo/on blue.png');
      await loaded(page);
      const box = (await dialog.locator('img').boundingBox())!;
      await page.mouse.click(box.x + box.width * 0.25, box.y + box.height * 0.75);
      await dialog.getByText('25% from the left, 75% from the top').waitFor();
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
      await write(page, 'Darker here');
      const [saved] = server.comments.list;
      expect(saved).toMatchObject({ delivery: 2, file: 'f5', text: 'Darker here' });
      expect([saved!.point!.x, saved!.point!.y].map((n) => Math.round(n * 100))).toEqual([25, 75]);
      await page.getByTestId('comments').locator('[data-comment="1"]').waitFor();
      const now = (await dialog.locator('img').boundingBox())!;
      const pin = (await dialog.locator('[data-pin="1"]').boundingBox())!;
      expect(Math.abs(pin.x + pin.width / 2 - now.x - now.width * 0.25)).toBeLessThan(2);
      expect(Math.abs(pin.y + pin.height / 2 - now.y - now.height * 0.75)).toBeLessThan(2);
      expect(await violations(page)).toEqual([]);
    });
  }

  flow('are pinned with the keyboard alone', desktop, async (page, server) => {
    await page.getByRole('button', { name: 'View logo/on blue.png' }).press('Enter');
    await loaded(page);
    await page.getByRole('button', { name: 'Comment on a place' }).press('Enter');
    await page.locator('[data-pin=new]:focus').waitFor();
    for (const key of ['ArrowRight', 'ArrowRight', 'Shift+ArrowUp', 'ArrowDown', 'Enter'])
      await page.keyboard.press(key);
    await page.locator('textarea:focus').waitFor();
    await page.keyboard.type('Softer +-0');
    expect(await page.getByTestId('zoom').textContent()).toMatch(/%/);
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-pin="1"]').waitFor();
    expect(server.comments.list[0]).toMatchObject({ text: 'Softer +-0', point: { x: 0.52, y: 0.41 } });
  });

  flow('are pinned to a moment, and lead back to it', desktop, async (page, server) => {
    const dialog = await view(page, 'film/jingle.wav');
    const time = () => page.locator('dialog audio').evaluate((media: HTMLAudioElement) => media.currentTime);
    const seek = (to: number) =>
      page.locator('dialog audio').evaluate((media: HTMLAudioElement, to) => {
        media.currentTime = to;
      }, to);
    await page.waitForFunction(() => (document.querySelector('dialog audio') as HTMLAudioElement)?.duration > 0.4);
    await dialog.getByRole('button', { name: 'Comment at 0:00' }).click();
    await page.keyboard.press('Escape');
    await seek(0.3);
    await dialog.getByRole('button', { name: 'Comment at 0:00' }).click();
    await write(page, 'Too early');
    expect(server.comments.list).toMatchObject([{ file: 'f7', seconds: 0.3, text: 'Too early' }]);
    await seek(0);
    await dialog.getByRole('button', { name: 'Comment 1: show at 0:00' }).click();
    expect(await time()).toBeCloseTo(0.3);
    await page.keyboard.press('Escape');
    // From the page: the file opens at that time.
    await page.getByRole('button', { name: 'Comment 1: show film/jingle.wav, at 0:00' }).click();
    await page.waitForFunction(() => (document.querySelector('dialog audio') as HTMLAudioElement)?.currentTime > 0.2);
  });

  flow('go to a file that cannot be shown, and to the delivery', phone, async (page, server) => {
    await page.getByRole('button', { name: 'Comment on this file: film/master-4k.mov' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('There is no preview for this type of file.').waitFor();
    await dialog.getByRole('button', { name: 'Comment on this file' }).click();
    await write(page, 'The end credits');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Comment on the delivery' }).click();
    await page.getByRole('button', { name: 'Save comment' }).click();
    await page.getByText('Please write your comment.').waitFor();
    await write(page, 'Lovely otherwise');
    expect(server.comments.list).toMatchObject([{ file: 'f4', text: 'The end credits' }, { text: 'Lovely otherwise' }]);
    expect(server.comments.list[1]).not.toHaveProperty('file');
    expect(await violations(page)).toEqual([]);
  });

  flow('survive a reload before they are saved', phone, async (page, server) => {
    await view(page, 'logo/on blue.png');
    await loaded(page);
    await page.getByRole('button', { name: 'Comment on a place' }).click();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Half a thought');
    await page.reload();
    await page.locator('[data-pin=new]').waitFor(); // the file is still open
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('You have an unfinished comment: “Half a thought”').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.locator('[data-pin=new]').waitFor();
    await page.getByRole('button', { name: 'Save comment' }).click();
    await page.locator('[data-pin="1"]').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    expect(server.comments.list).toMatchObject([{ text: 'Half a thought' }]);
    expect(server.comments.list[0]!.point!.y).toBeCloseTo(0.5);
    await page.reload();
    await page.locator('[data-comment="1"]').waitFor();
    expect(await page.getByTestId('unfinished').count()).toBe(0);
  });

  flow('are changed, deleted, and sent as points', desktop, async (page, server) => {
    server.comments.list = asked;
    await page.reload();
    const list = page.getByTestId('delivery-comments').first();
    await list.getByRole('button', { name: 'Edit comment 3' }).click();
    await write(page, 'This blue is much too dark.');
    await list.getByText('by Tom').waitFor();
    expect(await list.getByRole('button', { name: 'Edit comment 4' }).count()).toBe(0);
    await list.getByRole('button', { name: 'Delete comment 4' }).click();
    await list.locator('[data-comment="4"]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    await page.getByText('You have an unsent comment.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Ask for changes' }).click();
    await page.getByText('Your comment is sent with it:').waitFor();
    await page.getByLabel('Your message to Mara Lindqvist (optional)').fill('Almost there');
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByRole('button', { name: 'Ask for changes' }).click();
    expect(await page.getByLabel('Your message to Mara Lindqvist (optional)').inputValue()).toBe('Almost there');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Your message to Mara Lindqvist (optional)').fill('');
    await page.getByRole('button', { name: /^Send to/ }).click();
    await page.getByText('Mara Lindqvist is working on your changes').waitFor();
    expect(server.bodies).toEqual([{ message: '', points: ['c'] }]);
    await list.locator('[data-comment="3"]').getByText('Not done yet').waitFor();
    expect(await page.getByRole('button', { name: /^(Change|Delete) comment/ }).count()).toBe(0);
  });

  flow('show what the seller has done, and where it was asked for', phone, async (page, server) => {
    server.comments.list = asked;
    await page.reload();
    const points = page.getByTestId('points');
    await points.getByText('1 of 2 done').waitFor();
    await points.locator('[data-comment="1"]').getByText('Done in delivery 2').waitFor();
    await points.locator('[data-comment="2"]').getByText('Not done yet').waitFor();
    await points.getByRole('button', { name: /^Comment 1: show/ }).click();
    await page.getByRole('dialog').getByRole('heading', { name: 'variant-a.svg' }).waitFor();
  });

  flow('come too late when the review has ended meanwhile', phone, async (page, server) => {
    await page.getByRole('button', { name: 'Comment on the delivery' }).click();
    await page.getByLabel('Your comment').fill('Kept');
    server.order = { ...orders.elapsed!, version: 9 };
    await page.getByRole('button', { name: 'Save comment' }).click();
    await page.getByText('Comments can be written only while the delivery is in review.').waitFor();
    expect(await page.getByLabel('Your comment').inputValue()).toBe('Kept');
  });

  for (const theme of ['light', 'dark'] as const)
    flow(`can be read by everybody, ${theme}`, { ...desktop, theme }, async (page, server) => {
      server.comments.list = asked;
      await page.reload();
      await page.getByTestId('points').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: /^Comment 3: show/ }).click();
      await page.locator('[data-pin="3"]').click();
      await page.getByRole('button', { name: 'Comment on a place' }).click();
      await page.locator('[data-pin=new]').waitFor();
      expect(await violations(page)).toEqual([]);
    });
});
