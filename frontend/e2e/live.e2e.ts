// The buyer's page over a real server and a faulty network: it shows current
// data, or it says that the data may be old.
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { png } from './fake/content.ts';
import * as buyer from './flows/review.ts';
import { launch, open } from './harness/browser.ts';
import { delivered, type Delivered } from './harness/deliver.ts';
import { Programs, server } from './harness/programs.ts';
import { Proxy } from './harness/proxy.ts';

const files = {
  'board.png': png(640, 400),
  'notes.txt': Buffer.from('Notes\n'.repeat(400)),
  'logo.bin': randomBytes(1_000),
};

describe.runIf(server)('the buyer’s page', () => {
  let programs: Programs;
  let browser: Browser;
  let order: Delivered;
  let proxy: Proxy;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser.close());
  beforeEach(async () => {
    programs = new Programs();
    order = await delivered(programs, files);
    proxy = await new Proxy(order.url).start();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await proxy.close();
    await programs.stop();
  });

  const through = (url: string) => url.replace(order.url, proxy.url);
  const mark = (page: Page) => page.getByTestId('unconnected');

  async function ask(path: string, body: unknown, token = order.token): Promise<Record<string, unknown>> {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
    const [method, url] = [body === undefined ? 'GET' : 'POST', `${order.url}/api/v1/orders/${order.order}${path}`];
    const response = await fetch(url, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }
  const say = (message: string) => ask('/messages', { message });

  async function view(look = {}): Promise<Page> {
    const { page } = await open(browser, look);
    await buyer.openReview(page, through(order.review));
    await connected(page);
    return page;
  }

  const wait = (page: Page, time: number) =>
    page.evaluate((time) => new Promise((done) => setTimeout(done, time)), time);

  /** Waits until the page shows a new event. */
  async function connected(page: Page) {
    const word = `Word ${Math.random()}`;
    await say(word);
    await page.locator('[data-message=seller]').filter({ hasText: word }).waitFor();
  }

  /** The answer of a proxy in the server's place. */
  const faults = {
    'a 502': 502,
    'a 503': 503,
    'the 200 of a portal': 200,
    'the 404 of a portal': 404,
    cuts: 'cut',
  } as const;

  it('outlives whatever answers in the server’s place', async () => {
    const page = await view();
    expect(await mark(page).count()).toBe(0);
    for (const [name, deed] of Object.entries(faults)) {
      proxy.deed = () => deed;
      proxy.cut();
      await mark(page).waitFor({ timeout: 5_000 });
      expect(await mark(page).innerText()).toMatch(/^Not connected: you see the state of \d\d:\d\d/);
      const asked = proxy.asked.length;
      await say(`While there was ${name}`);
      await wait(page, 2_000);
      // Each attempt requests the stream, and the order that could not be loaded.
      expect(proxy.asked.length - asked, name).toBeLessThan(10);
      proxy.deed = () => 'pass';
      await page.evaluate(() => dispatchEvent(new Event('online')));
      await page
        .locator('[data-message=seller]')
        .filter({ hasText: `While there was ${name}` })
        .waitFor();
      await mark(page).waitFor({ state: 'detached' });
    }
    await connected(page);
  });

  it('says when nothing is heard, and goes on by itself', async () => {
    const page = await view();
    proxy.silent = true;
    await say('Unheard');
    await mark(page).waitFor({ timeout: 10_000 });
    proxy.silent = false;
    await mark(page).waitFor({ state: 'detached', timeout: 30_000 });
    await page.locator('[data-message=seller]').filter({ hasText: 'Unheard' }).waitFor();
  });

  it('waits for a server that is started again', async () => {
    const page = await view();
    await programs.server!.stop('SIGKILL');
    await mark(page).waitFor({ timeout: 5_000 });
    proxy.target = order.url = await programs.serve(join(programs.home, 'server'));
    await mark(page).waitFor({ state: 'detached', timeout: 20_000 });
    await connected(page);
  });

  it('shows the comments of one tab in all others, and says that they wait to be sent', async () => {
    const page = await view();
    const other = await page.context().newPage();
    await buyer.openReview(other, `${proxy.url}/review/order/${order.order}`);
    const phone = await view({ width: 390, height: 844 });
    await buyer.comment(other, 'logo.bin', 'A darker blue');
    for (const one of [page, phone]) {
      await one.getByTestId('unsent').getByText('1 comment is not sent yet.').waitFor();
      await one.getByText('1 comment is not sent yet', { exact: true }).waitFor();
    }
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('You have an unsent comment.').waitFor();
    await buyer.comment(other, 'logo.bin', 'And larger');
    await dialog.getByText('You have 2 unsent comments.').waitFor();
    expect((await ask('', undefined)).points).toBeUndefined();
    await page.getByRole('button', { name: 'Accept and complete' }).click();
    await page.getByRole('heading', { name: 'Order completed' }).waitFor();
    const seen = (await ask('', undefined)) as { points: { text: string }[] };
    expect(seen.points.map(({ text }) => text)).toEqual(['A darker blue', 'And larger']);
    await phone.getByRole('heading', { name: 'Order completed' }).waitFor();
    expect(await phone.getByTestId('unsent').count()).toBe(0);
  });

  it('loads a part that could not be loaded before', async () => {
    const page = await view();
    proxy.deed = (path) => (path.includes('/assets/') ? 503 : 'pass');
    await page.getByRole('button', { name: 'View board.png' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This part of the page could not be loaded.').waitFor();
    proxy.deed = () => 'pass';
    await dialog.getByRole('button', { name: 'Try again' }).click();
    // A browser that caches the failure reloads the page, which shows the same file.
    await page.getByRole('dialog').locator('img').waitFor();
  });

  /** A new version of the server, whose files have other names. */
  function upgrade() {
    proxy.deed = (path) => (path.includes('/assets/Preview-') && !path.includes('?new') ? 404 : 'pass');
    proxy.edit = (html) => html.replace(/(\/assets\/index-[^"]+\.js)/, '$1?new');
  }

  it('takes up a new version by itself when nothing can be lost', async () => {
    const page = await view();
    upgrade();
    const reloaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'View board.png' }).click();
    await reloaded;
    await page.getByRole('heading', { name: 'Delivery 1' }).waitFor();
    expect(await page.locator('script[type=module]').getAttribute('src')).toContain('?new');
  });

  it('asks before it takes up a new version when something was written, and keeps it', async () => {
    const page = await view();
    await page.getByLabel('Message to Mara').fill('Half a sen');
    upgrade();
    await page.getByRole('button', { name: 'View board.png' }).click();
    await page.getByText('This page has been updated. Reload it').waitFor();
    proxy.deed = () => 'pass';
    await page.getByRole('button', { name: 'Reload the page' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click(); // the same file is still open
    expect(await page.getByLabel('Message to Mara').inputValue()).toBe('Half a sen');
    await page.getByRole('button', { name: 'Send message' }).click();
    await page.locator('[data-message=buyer]').filter({ hasText: 'Half a sen' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Delivery 1' }).waitFor();
    expect(await page.getByLabel('Message to Mara').inputValue()).toBe('');
  });

  it('tells a picture that was cut off from one that it cannot show', async () => {
    const page = await view();
    const unreachable = (path: string) => path.includes('/files/') && !path.includes('thumbnail');
    proxy.deed = (path) => (unreachable(path) ? 'cut' : 'pass');
    for (const name of ['board.png', 'notes.txt']) {
      await page.getByRole('button', { name: `View ${name}` }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('The file could not be loaded.').waitFor();
      expect(await dialog.getByText('This browser cannot show the file').count()).toBe(0);
      proxy.deed = () => 'pass';
      await dialog.getByRole('button', { name: 'Try again' }).click();
      await dialog.locator('img, pre').waitFor();
      await dialog.getByRole('button', { name: 'Close' }).click();
      proxy.deed = (path) => (unreachable(path) ? 'cut' : 'pass');
    }
  });

  it('keeps what is looked at and chosen while the order is loaded again', async () => {
    const page = await view({ height: 400 });
    await page.getByRole('button', { name: 'Choose files' }).click();
    await page.getByRole('checkbox', { name: 'logo.bin' }).check();
    await connected(page);
    expect(await page.getByRole('checkbox', { name: 'logo.bin' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await page.getByRole('button', { name: 'View notes.txt' }).click();
    const text = page.getByRole('dialog').locator('pre');
    await text.waitFor();
    const before = await text.elementHandle();
    const scrolled = () => before!.evaluate((pre) => pre.parentElement!.scrollTop);
    await before!.evaluate((pre) => pre.parentElement!.scrollTo(0, 700));
    await connected(page);
    expect([await before!.evaluate((pre) => pre.isConnected), await scrolled()]).toEqual([true, 700]);
  });

  it('works below a path', async () => {
    await programs.stop();
    proxy.below = '/shop/handover';
    programs = new Programs();
    programs.flags = ['--public-url', proxy.url + proxy.below];
    const { url, review } = await delivered(programs, files);
    proxy.target = url;
    const { page, complaints } = await open(browser);
    await buyer.openReview(page, review);
    await page.getByRole('button', { name: 'View board.png' }).click();
    await page.getByRole('dialog').locator('img').waitFor();
    await page.reload();
    await page.getByRole('dialog').locator('img').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await buyer.comment(page, 'logo.bin', 'Shorter');
    expect(await buyer.download(page, 'logo.bin')).toBe(createHash('sha256').update(files['logo.bin']).digest('hex'));
    await buyer.accept(page);
    expect(proxy.asked.filter((path) => !path.startsWith(`${proxy.below}/`))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('says what it needs where it cannot work', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(through(order.review));
    await page.getByText('This page needs JavaScript').waitFor();
    await context.close();
    // A browser that is too old for the script stops at its first token.
    proxy.deed = (path) => (path.includes('/assets/index-') && path.endsWith('.js') ? 404 : 'pass');
    const old = (await open(browser)).page;
    await old.goto(through(order.review));
    await old.getByText('Diese Seite braucht JavaScript').waitFor();
  });
});
