// Measurements, not tests: MEASURES=1 npx vitest run --config vitest.e2e.ts e2e/measures.e2e.ts
// prints them. They fail only when something cannot be measured.
import type { CDPSession, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { many } from './fake/samples.many.ts';
import * as samples from './fake/samples.ts';
import { startFake, type Scenario } from './fake/window.ts';
import { launch, open } from './harness/browser.ts';
import { serveWindow } from './harness/serve.ts';

async function measured(scenario: Scenario, go: (page: Page, chromium: CDPSession) => Promise<void>) {
  const browser = await launch();
  const served = await serveWindow();
  const { page, close } = await open(browser);
  await startFake(page, scenario);
  await page.goto(served.url);
  await page.locator('[data-order]').first().waitFor();
  await go(page, await page.context().newCDPSession(page));
  await close();
  await browser.close();
  await served.close();
}

const base: Scenario = { state: samples.signedIn, pages: many(1_000) };

describe.runIf(process.env.MEASURES)('the window', () => {
  it('holds no more memory after 1,000 orders were opened', async () => {
    await measured(base, async (page, chromium) => {
      const figures: Record<number, string> = {};
      for (let opened = 1; opened <= 1_000; opened++) {
        await page.evaluate(() => {
          const rows = document.querySelectorAll<HTMLElement>('[data-order]');
          rows[Math.floor(Math.random() * Math.min(8, rows.length))]?.click();
        });
        await page.getByTestId('next').waitFor();
        await page.keyboard.press('Escape');
        await page.locator('[data-order]').first().waitFor();
        if (![10, 100, 500, 1_000].includes(opened)) continue;
        // The memory of the fake program does not count.
        await page.evaluate(() => void (window.fake.calls.length = 0));
        await chromium.send('HeapProfiler.collectGarbage');
        const { usedSize } = await chromium.send('Runtime.getHeapUsage');
        const { nodes, jsEventListeners } = await chromium.send('Memory.getDOMCounters');
        figures[opened] = `${(usedSize / 1e6).toFixed(2)} MB, ${nodes} nodes, ${jsEventListeners} listeners`;
      }
      console.log('after opening so many orders:', figures);
      expect(Object.keys(figures).length).toBe(4);
    });
  }, 900_000);

  it('takes little of a processor while 8 files are uploaded', async () => {
    const files = Array.from({ length: 8 }, (_, n) =>
      samples.file(`film/${n}.mov`, 4e9, { state: 'uploading', sent: 0 }),
    );
    const draft = { ...samples.emptyDraft('film'), files, updatedAt: samples.at(0) };
    const film = { ...samples.active, draft };
    await measured({ ...base, pages: [film, ...many(1_000)] }, async (page, chromium) => {
      await page.getByLabel('Filter orders').fill(film.order.title);
      await page.locator('[data-order="film"]').click();
      await page.getByTestId('next').waitFor();
      await chromium.send('Performance.enable');
      const busy = async () => {
        const { metrics } = await chromium.send('Performance.getMetrics');
        const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? NaN;
        return { task: of('TaskDuration'), at: of('Timestamp') };
      };
      const share = async (seconds: number) => {
        const before = await busy();
        await page.waitForTimeout(seconds * 1_000);
        const after = await busy();
        return `${((100 * (after.task - before.task)) / (after.at - before.at)).toFixed(1)} %`;
      };
      const idle = await share(10);
      // As often as the program sends drafts.
      await page.evaluate((start) => {
        let revision = 1;
        setInterval(() => {
          const part = (revision % 600) / 600;
          const files = start.files.map((file) => ({ ...file, sent: Math.floor(file.size * part) }));
          const progress = { sent: 32e9 * part, total: 32e9, rate: 5e7, seconds: 60 };
          window.fake.emit('draft', { ...start, files, progress, revision: ++revision });
        }, 150);
      }, draft);
      const uploading = await share(20);
      console.log("the page's main thread:", { idle, uploading });
      expect(uploading).not.toBe(idle);
    });
  }, 120_000);
});
