import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as samples from '../fake/samples.ts';
import { startFake, type Scenario } from '../fake/window.ts';
import { launch, leave, open, type Look, type Opened } from './browser.ts';
import { serveWindow, type Served } from './serve.ts';

export type Flow = (name: string, scenario: Partial<Scenario>, go: (page: Page) => Promise<void>, look?: Look) => void;

/** The browser and the window's page that all tests of a file share. */
export function windowServed(): { browser: Browser; url: string } {
  const shared = { browser: undefined as unknown as Browser, url: '' };
  let served: Served;
  beforeAll(async () => {
    shared.browser = await launch();
    served = await serveWindow();
    shared.url = served.url;
  });
  afterAll(async () => {
    await shared.browser.close();
    await served.close();
  });
  return shared;
}

/**
 * Creates tests of flows through the window over the fake program; the page must report no errors. Passing flows share a
 * page per combination, which is reset after each flow, because opening a page takes longer than many flows.
 */
export function windowFlows(): Flow {
  const shared = windowServed();
  const base: Scenario = { state: samples.signedIn, pages: samples.allPages, uploadsEnd: true };
  const pages = new Map<string, Opened>();

  return (name, scenario, go, look = {}) => {
    it(name, async () => {
      const key = JSON.stringify(look);
      const opened = pages.get(key) ?? (await open(shared.browser, look, samples.NOW));
      pages.delete(key); // after a failure the next flow gets a new page
      const { page, complaints } = opened;
      complaints.length = 0;
      const end = await startFake(page, { ...base, ...scenario });
      await page.goto(shared.url);
      await go(page);
      expect(complaints).toEqual([]);
      await end();
      await leave(page);
      pages.set(key, opened);
    });
  };
}

export const seen = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
export const calls = (page: Page) => page.evaluate(() => window.fake.calls);
