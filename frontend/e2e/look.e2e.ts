// View-only links in real browsers. Needs the real server in HANDOVER_SERVER;
// skipped without it.
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as buyer from './flows/review.ts';
import { launch, open, violations } from './harness/browser.ts';
import { delivered } from './harness/deliver.ts';
import { Programs, server } from './harness/programs.ts';

const files = { 'film.txt': Buffer.from('The film in words.') };

/** Creates a view-only link; resolves to its address. */
async function share(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Share view-only link' }).click();
  await page.getByLabel('Name of the person').fill(name);
  await page.getByRole('button', { name: 'Create link' }).click();
  await page.getByText(`The link for ${name} is ready`).waitFor();
  await page.getByRole('button', { name: `Copy link ${name}` }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.keyboard.press('Escape');
  return link;
}

/** All requests of the page's context, with their referrers. */
function referrers(page: Page): string[] {
  const sent: string[] = [];
  page.context().on('request', (request) => {
    const noted = request.allHeaders().then(({ referer = '' }) => sent.push(referer));
    void noted.catch(() => {}); // a request that was running when the page closed
  });
  return sent;
}

describe.runIf(server)('a link to look', () => {
  let programs: Programs;
  let browser: Browser;
  beforeEach(async () => {
    programs = new Programs();
    browser = await launch();
  });
  afterEach(async () => {
    await browser.close();
    await programs.stop();
  });

  it('shows the work, offers no decision, and ends when the buyer says so', async () => {
    const { review } = await delivered(programs, files);
    const bea = await open(browser);
    await buyer.openReview(bea.page, review);
    const link = await share(bea.page, 'Ada');
    expect(link).toMatch(/\/review\/look\/[\w-]{43}$/);

    const ada = await open(browser, { width: 390, height: 844 });
    const sent = referrers(ada.page);
    await buyer.openReview(ada.page, link);
    await ada.page.getByRole('heading', { name: 'You can view; Jonas decides' }).waitFor();
    expect(await ada.page.getByRole('button', { name: /accept|changes|extend|cancel|message|share/i }).count()).toBe(0);
    expect(await ada.page.getByRole('link', { name: /receipt/i }).count()).toBe(0);
    expect(await ada.page.getByRole('textbox', { name: /message/i }).count()).toBe(0);
    expect(await ada.page.getByText('jonas@example.org').count()).toBe(0);
    expect(await violations(ada.page)).toEqual([]);
    await ada.page.getByRole('button', { name: 'View film.txt' }).click();
    await ada.page.locator('dialog pre').filter({ hasText: 'The film in words.' }).waitFor();
    await ada.page.keyboard.press('Escape');
    expect((await buyer.download(ada.page, 'film.txt')).length).toBe(64);

    await bea.page.getByRole('button', { name: 'Share view-only link' }).click();
    await bea.page.getByTestId('view-links').getByText('Last opened').waitFor();
    await bea.page.getByRole('button', { name: 'Revoke … Ada' }).click();
    await bea.page.getByRole('button', { name: 'Revoke link' }).click();
    await bea.page.getByText('You have not shared this order yet.').waitFor();
    await ada.page.getByRole('heading', { name: 'This link does not work' }).waitFor();
    await ada.page.goto(link);
    const gone = await ada.page.locator('main').innerText();
    await ada.page.goto(link.replace(/[\w-]{43}$/, 'A'.repeat(43)));
    await ada.page.getByRole('heading', { name: 'This link does not work' }).waitFor();
    expect(await ada.page.locator('main').innerText()).toBe(gone);
    expect(sent.length).toBeGreaterThan(5);
    expect(sent.filter((referrer) => referrer.includes('/look/'))).toEqual([]);
    expect(bea.complaints).toEqual([]);
    expect(ada.complaints.filter((complaint) => !/40[14]/.test(complaint))).toEqual([]);
  });

  it('takes nothing from the buyer who opens it, and says why', async () => {
    const { review } = await delivered(programs, files);
    const { page, complaints } = await open(browser);
    await buyer.openReview(page, review);
    const link = await share(page, 'Ada');
    await buyer.openReview(page, link);
    await page.getByText('You opened a view-only link.').waitFor();
    expect(page.url()).not.toMatch(/#|look/);
    await page.reload();
    await page.getByRole('button', { name: 'Accept', exact: true }).waitFor();
    expect(await page.getByText('You opened a view-only link.').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  for (const form of ['text', 'json'])
    it(`leaves no token in the log (${form}), the address or a referrer`, async () => {
      programs.flags = ['--log-format', form];
      const { review } = await delivered(programs, files);
      const { page } = await open(browser);
      const sent = referrers(page);
      await buyer.openReview(page, review);
      const link = await share(page, 'Ada');
      const other = await open(browser);
      await buyer.openReview(other.page, link);
      await page.goto(`${review}x`);
      await page.goto(`${link}x`);
      const tokens = [review, link].map((url) => url.split('/').at(-1)!);
      for (const token of tokens) {
        expect(token.length).toBe(43);
        expect(other.page.url()).not.toContain(token);
        expect(sent.filter((referrer) => referrer.includes(token))).toEqual([]);
      }
      const log = programs.server!.output();
      expect(log).toContain('/review/look/{token...}');
      for (const token of tokens) expect(log).not.toContain(token);
    });
});
