import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as samples from '../fake/samples.ts';
import { startFake, type Scenario } from '../fake/window.ts';
import { launch, open, type Look } from './browser.ts';
import { serveWindow, type Served } from './serve.ts';

export type Flow = (name: string, scenario: Partial<Scenario>, go: (page: Page) => Promise<void>, look?: Look) => void;

/** The browser and the window's page that the tests of a file share, from the first test to the last. */
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

/** Makes tests of flows through the window over the fake program; nothing may complain on their way. */
export function windowFlows(): Flow {
  const shared = windowServed();
  const base: Scenario = { state: samples.signedIn, pages: samples.allPages, uploadTakes: 200 };

  return (name, scenario, go, look = {}) => {
    it(name, async () => {
      const { page, complaints, close } = await open(shared.browser, look);
      await page.clock.setFixedTime(samples.NOW);
      await startFake(page, { ...base, ...scenario });
      await page.goto(shared.url);
      await go(page);
      await close();
      expect(complaints).toEqual([]);
    });
  };
}

export const seen = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
export const calls = (page: Page) => page.evaluate(() => window.fake.calls);
