// A delivered file must not affect the buyer's page. Needs the real server in
// HANDOVER_SERVER; skipped without it.
import { createHash } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as buyer from './flows/review.ts';
import { launch, open, violations } from './harness/browser.ts';
import { delivered } from './harness/deliver.ts';
import { Programs, server } from './harness/programs.ts';

const SCRIPT = "fetch('/ran'); top.ran = true; opener && (opener.ran = true)";
const IN_XML = SCRIPT.replaceAll('&', '&amp;');
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGNgYPgPRhAKAB/uA/2nk4zTAAAAAElFTkSuQmCC';
const files: Record<string, Buffer> = {
  'site/page.html': Buffer.from(`<!doctype html><html><body><script>${SCRIPT}</script></body></html>`),
  'site/page.png': Buffer.from(`<!doctype html><html><body><script>${SCRIPT}</script></body></html>`),
  'site/drawing.svg': Buffer.from(
    `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="${IN_XML}"><script>${IN_XML}</script></svg>`,
  ),
  'site/page.xhtml': Buffer.from(
    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><script>${IN_XML}</script></body></html>`,
  ),
  'data.xml': Buffer.from(
    `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="/ran"?><r xmlns:h="http://www.w3.org/1999/xhtml"><h:script>${IN_XML}</h:script></r>`,
  ),
  'paper.pdf': Buffer.from(
    '%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n',
  ),
  'picture.png': Buffer.from(PNG, 'base64'),
};

describe.runIf(server)('a delivery with active content', () => {
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

  it('runs nothing, wherever it is opened', async () => {
    const { url, review, order, ids } = await delivered(programs, files);
    const { page, complaints } = await open(browser, { width: 390, height: 844 });
    const asked: string[] = [];
    page.context().on('request', (request) => asked.push(new URL(request.url()).pathname));
    await buyer.openReview(page, review);

    for (const path of ['site/page.html', 'site/page.png']) {
      await page.getByRole('button', { name: `View ${path}` }).click();
      await page.locator('dialog pre').filter({ hasText: SCRIPT }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    // An SVG is shown as an image, and its scripts do not run.
    await page.getByRole('button', { name: 'View site/drawing.svg' }).click();
    await page.waitForFunction(() => (document.querySelector('dialog img') as HTMLImageElement)?.complete);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'View picture.png' }).click();
    await page.waitForFunction(() => (document.querySelector('dialog img') as HTMLImageElement)?.naturalWidth === 2);
    await page.keyboard.press('Escape');
    expect(complaints).toEqual([]);

    // Open the addresses directly, as an attacker might trick the buyer into doing.
    for (const [path, id] of Object.entries(ids)) {
      const at = `${url}/api/v1/orders/${order}/deliveries/1/files/${id}/preview`;
      const shown = await page.context().newPage();
      if (path === 'paper.pdf' || path === 'site/drawing.svg') {
        // Only the page's viewer shows them; any other use saves them.
        const saved = shown.waitForEvent('download');
        await shown.goto(at).catch(() => {});
        expect((await saved).suggestedFilename()).toBe(path.split('/').at(-1));
      } else {
        const response = await shown.goto(at);
        const type = response?.headers()['content-type'] ?? '';
        expect([path, type.split(';')[0]]).toEqual([path, path === 'picture.png' ? 'image/png' : 'text/plain']);
      }
      expect([path, await shown.evaluate(() => 'ran' in window)]).toEqual([path, false]);
      await shown.close();
      const frame = await page.evaluate(async (at) => {
        const blocked = new Promise((resolve) => document.addEventListener('securitypolicyviolation', resolve));
        const frame = document.createElement('iframe');
        frame.src = at;
        document.body.append(frame);
        await blocked;
        frame.remove();
        return 'ran' in window;
      }, at);
      expect([path, frame]).toEqual([path, false]);
      // The file itself is downloaded, never shown.
      const saved = await page.context().newPage();
      const saving = saved.waitForEvent('download');
      await saved.goto(at.replace(/\/preview$/, '')).catch(() => {}); // the download opens no page
      expect(await (await saving).failure()).toBe(null);
      expect([path, saved.url(), await saved.evaluate(() => 'ran' in window)]).toEqual([path, 'about:blank', false]);
      await saved.close();
    }
    expect(asked.filter((path) => path === '/ran')).toEqual([]);
  });

  it('is downloaded as it was sent: one file, and several in a zip of the size that was said', async () => {
    const { review } = await delivered(programs, files);
    const { page, complaints } = await open(browser);
    await buyer.openReview(page, review);
    const html = createHash('sha256').update(files['site/page.html']!).digest('hex');
    expect(await buyer.download(page, 'site/page.html')).toBe(html);
    await page.getByRole('button', { name: 'Choose files' }).click();
    await page.getByRole('checkbox', { name: 'site/page.html' }).check();
    await page.getByRole('checkbox', { name: 'paper.pdf' }).check();
    const waiting = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download 2 files' }).click();
    const download = await waiting;
    let size = 0;
    for await (const chunk of await download.createReadStream()) size += (chunk as Buffer).length;
    // The page says it beside the link, as soon as it knows.
    await page.getByText(`The zip is exactly ${size} bytes.`, { exact: true }).waitFor();
    expect(download.suggestedFilename()).toBe('Website 1.zip');
    expect(complaints).toEqual([]);
  });

  it('messages, a proposal to cancel and its withdrawal reach the server', async () => {
    const { review, url, order, token } = await delivered(programs, files);
    const { page, complaints } = await open(browser, { width: 390, height: 844 });
    await buyer.openReview(page, review);
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ message: 'Please look at the page first.' });
    await fetch(`${url}/api/v1/orders/${order}/messages`, { method: 'POST', headers, body });
    await page.locator('[data-message=seller]').filter({ hasText: 'Please look' }).waitFor();
    await page.getByLabel('Message to Mara').fill('I will.');
    await page.getByRole('button', { name: 'Send message' }).click();
    await page.locator('[data-message=buyer]').filter({ hasText: 'I will.' }).waitFor();
    await page.getByRole('button', { name: 'Propose to cancel the order' }).click();
    await page.getByRole('button', { name: 'Propose to cancel', exact: true }).click();
    await page.getByRole('button', { name: 'Withdraw the proposal' }).click();
    await page.getByRole('button', { name: 'Withdraw it' }).click();
    await page.getByRole('button', { name: 'Propose to cancel the order' }).waitFor();
    await page.getByText('History of this order').click();
    await page.getByTestId('history').getByText('You withdrew the proposal to cancel').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
