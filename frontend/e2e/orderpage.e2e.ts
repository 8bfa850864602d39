// The page of an order and the transfers, over the fake program.
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import * as life from './fake/samples.life.ts';
import * as samples from './fake/samples.ts';
import * as seller from './flows/window.ts';
import { violations } from './harness/browser.ts';
import { calls, seen, windowFlows } from './harness/flow.ts';

const flow = windowFlows();
const film = samples.active.order.title;
const logo = samples.revision.order.title;

const keys = (page: Page) =>
  page.locator('[data-row]').evaluateAll((all) => all.map((row) => row.getAttribute('data-row')));
const grip = (page: Page, name: string) => page.getByRole('button', { name: `Move ${name}`, exact: true });
/** Waits for this order of rows; the program's answer takes a moment. */
async function stand(page: Page, wanted: string[]) {
  const so = (wanted: string) =>
    [...document.querySelectorAll<HTMLElement>('[data-row]')].map((row) => row.dataset.row).join() === wanted;
  await page.waitForFunction(so, wanted.join()).catch(() => undefined);
  expect(await keys(page)).toEqual(wanted);
}

describe('revising', () => {
  const revising = { pages: [samples.revising, samples.late] };

  flow('shows what is new, changed, unchanged and left out', revising, async (page) => {
    await seller.openOrder(page, logo);
    await seen(page, '2 new · 1 changed · 1 unchanged · 1 left out');
    const mark = (path: string) => seller.file(page, path).locator('[data-change]').textContent();
    expect([await mark('colours.png'), await mark('variant-b.svg'), await mark('overview.pdf')]).toEqual([
      'New',
      'Changed',
      'Unchanged',
    ]);
    await page.locator('[data-gone="logo/variant-a.svg"] button').click();
    await seen(page, '2 new · 1 changed · 2 unchanged');
    expect(await page.locator('[data-gone]').count()).toBe(0);
    await seller.deliver(page);
    await seller.delivered(page, 2);
  });

  flow('takes over the files of the last delivery, and replaces one', {}, async (page) => {
    await seller.openOrder(page, logo);
    await page.getByRole('button', { name: 'Reuse the files of delivery 1' }).click();
    await seen(page, 'no upload is needed');
    await seen(page, '3 unchanged');
    await seller.drop(page, '/home/mara/logo/variant-c.svg');
    await seen(page, '1 new · 3 unchanged');
    await seller
      .file(page, 'variant-a.svg')
      .getByRole('button', { name: /^Remove/ })
      .click();
    await seen(page, '1 new · 2 unchanged · 1 left out');
    await seller.uploaded(page);
    await seller.describeDelivery(page, 'Variant C beside B.');
    await seller.deliver(page);
    await seller.delivered(page, 2);
  });
});

describe('the files of a draft', () => {
  const uploading = { pages: [samples.uploading, samples.late], uploadsEnd: false };

  flow('come back when removing is undone', uploading, async (page) => {
    await seller.openOrder(page, film);
    const before = await keys(page);
    await page.getByRole('button', { name: 'Remove film', exact: true }).click();
    await stand(page, ['sound-mix.wav']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await stand(page, before as string[]);
    await page.getByRole('button', { name: 'Remove Raw material' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('[data-link]').getByText('Raw material').waitFor();
  });

  flow('are moved by keyboard, and sorted again', uploading, async (page) => {
    await seller.openOrder(page, film);
    const master = ['film/master/film-de-4k.mov', 'film/master/film-en-4k.mov'];
    await grip(page, 'film-en-4k.mov').press('ArrowUp');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Move film-en-4k.mov');
    const moved = (await keys(page)).filter((key) => key?.endsWith('4k.mov'));
    expect(moved).toEqual([...master].reverse());
    await grip(page, 'film-en-4k.mov').press('ArrowUp'); // no room to move
    await grip(page, 'sound-mix.wav').press('Home');
    await page.locator('[data-row]').first().getByText('sound-mix.wav').waitFor();
    await grip(page, 'film').press('Home');
    await page.locator('[aria-live=polite]').getByText('film: place 1 of 2').waitFor({ state: 'attached' });
    await grip(page, 'film').press('End');
    await page.locator('[data-row]').first().getByText('sound-mix.wav').waitFor();
    await page.getByRole('button', { name: 'Sort by name' }).click();
    await page.locator('[data-row]').first().getByText('film', { exact: true }).waitFor();
    expect((await keys(page)).filter((key) => key?.endsWith('4k.mov'))).toEqual(master);
    expect(await page.getByRole('button', { name: 'Sort by name' }).count()).toBe(0);
  });

  const drag = async (page: Page, from: Locator, to: Locator) => {
    const [a, b] = [await from.boundingBox(), await to.boundingBox()];
    if (!a || !b) throw new Error('not on screen');
    await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
    await page.mouse.down();
    await page.mouse.move(b.x + b.width / 2, b.y + 2, { steps: 4 });
  };
  const tall = { width: 1280, height: 1400 };
  flow(
    'are moved by pointer, within their folder only',
    uploading,
    async (page) => {
      await seller.openOrder(page, film);
      await drag(page, grip(page, 'sound-mix.wav'), page.locator('[data-row="film/poster.png"]'));
      await page.mouse.up();
      expect(await calls(page)).not.toContain('Drafts.Arrange');
      await drag(page, grip(page, 'sound-mix.wav'), page.locator('[data-row="film/"]'));
      await page.keyboard.press('Escape');
      await page.mouse.up();
      expect(await calls(page)).not.toContain('Drafts.Arrange');
      await drag(page, grip(page, 'sound-mix.wav'), page.locator('[data-row="film/"]'));
      await page.mouse.up();
      await page.locator('[data-row]').first().getByText('sound-mix.wav').waitFor();
    },
    tall,
  );

  flow('have small pictures, once they are seen', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, ...Array.from({ length: 60 }, (_, i) => `/home/mara/photos/${100 + i}.jpg`));
    await seller.drop(page, '/home/mara/photos/099-broken.png', '/home/mara/photos/notes.txt');
    await page.getByTestId('thumbnail').first().waitFor();
    const asked = (await calls(page)).filter((name) => name === 'Drafts.Thumbnail').length;
    expect(asked).toBeLessThan(30);
    expect(await seller.file(page, '099-broken.png').getByTestId('thumbnail').count()).toBe(0);
    await seller.file(page, '159.jpg').scrollIntoViewIfNeeded();
    await seller.file(page, '159.jpg').getByTestId('thumbnail').waitFor();
    await seller.file(page, 'notes.txt').scrollIntoViewIfNeeded();
    expect(await seller.file(page, 'notes.txt').locator('img').count()).toBe(0);
  });

  flow('are refused above the limit, with a way out', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/limit-5000000000b', '/home/mara/over-5000000001b');
    await seen(page, 'Larger than 5 GB');
    await page.getByLabel('Link to over-5000000001b').fill('https://cloud.example.org/over');
    await page.getByRole('dialog').getByRole('button', { name: 'Attach link' }).click();
    await page.locator('[data-link="https://cloud.example.org/over"]').waitFor();
    expect(await page.locator('[data-path$="over-5000000001b"]').count()).toBe(0);
    await page.locator('[data-path$="limit-5000000000b"]').waitFor();
  });
});

describe('delivering when ready', () => {
  const away = { state: samples.offline, uploadsEnd: false };

  flow('waits visibly while the server is away, and can be taken back', away, async (page) => {
    await seller.openOrder(page, film);
    await seen(page, 'You can deliver now; the delivery is sent when the server is reachable again.');
    await seller.drop(page, '/home/mara/film.mov');
    await seller.describeDelivery(page, 'The film.');
    await seller.deliver(page);
    await page.getByTestId('pending').getByText('Not yet delivered').waitFor();
    await seen(page, /when the server is reachable again and everything is uploaded, even after a restart/);
    expect(await page.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Do not deliver yet' }).click();
    await page.getByRole('button', { name: 'Deliver work' }).waitFor();
    expect(await page.getByRole('textbox').inputValue()).toBe('The film.');
  });

  flow('says until it is read why it was withdrawn', { pages: [samples.withdrawn] }, async (page) => {
    await seller.openOrder(page, logo);
    await page.getByTestId('withdrawn').getByText('changed after you chose to deliver').waitFor();
    await page.getByRole('button', { name: 'Got it' }).click();
    await page.getByTestId('withdrawn').waitFor({ state: 'detached' });
    expect(await calls(page)).toContain('Drafts.DismissNotice');
  });

  flow('goes on when the server is back', away, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/film.mov');
    await seller.describeDelivery(page, 'The film.');
    await seller.deliver(page);
    await page.evaluate((state) => window.fake.emit('state', state), samples.signedIn);
    await seen(page, 'The server is reachable again.');
    await seen(page, 'as soon as all uploads finish');
    await page.evaluate((id) => window.fake.endUploads(id), samples.active.order.id);
    await seller.delivered(page, 1);
  });

  flow('asks before it delivers no files', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.describeDelivery(page, 'The talk is booked.');
    await seller.deliver(page);
    await page.keyboard.press('Escape');
    expect(await calls(page)).not.toContain('Drafts.Deliver');
    await seller.deliver(page);
    await seller.answer(page, 'Deliver without files');
    await seller.delivered(page, 1);
  });
});

describe('transfers', () => {
  const queue = { transfers: life.transfers };
  const paths = (page: Page) =>
    page.locator('[data-group=photos] [data-transfer]').evaluateAll((all) => all.map((e) => e.dataset.transfer));

  flow('tell the speed of the last minutes in words, too', queue, async (page) => {
    await seller.show(page, 'Transfers');
    const graph = page.getByTestId('speed').getByRole('img');
    expect(await graph.getAttribute('aria-label')).toMatch(
      /^Speed of the last 5 minutes: now 21.3 MB\/s, on average 1\d(\.\d)? MB\/s, at most 2\d(\.\d)? MB\/s$/,
    );
  });

  flow('move a file up, and remove one with a problem', queue, async (page) => {
    await page.evaluate(() => {
      const list = window.fake.scenario.transfers!;
      list.transfers = list.transfers.map((t) => (t.state === 'paused' ? { ...t, state: 'waiting' } : t));
    });
    await seller.show(page, 'Transfers');
    const before = await paths(page);
    await page.getByRole('button', { name: 'Upload catalogue/print/0002.tiff earlier' }).click();
    await page.locator('[data-group=photos] [data-transfer]').first().waitFor();
    expect(await calls(page)).toContain('Transfers.MoveUp');
    expect((await paths(page)).sort()).toEqual(before.sort());
    await page.getByRole('button', { name: 'Remove sound-mix.wav from its draft' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.waitForFunction(() => window.fake.calls.includes('Drafts.Restore'));
  });
});

describe('axe finds nothing', () => {
  for (const theme of ['light', 'dark'] as const)
    flow(
      `on a revised draft and the transfers, ${theme}`,
      { pages: [samples.withdrawn, samples.late], transfers: life.transfers },
      async (page) => {
        await seller.openOrder(page, logo);
        await page.getByTestId('thumbnail').first().waitFor();
        await grip(page, 'colours.png').focus();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await seller.show(page, 'Transfers');
        expect(await violations(page)).toEqual([]);
      },
      { theme },
    );
});
