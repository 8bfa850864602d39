// Starts the browsers that the files of tests share. A file has one of them to itself while it runs, because a browser has one
// clipboard; each test opens a context of its own in it.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browsers can be reached, one for each file that runs at the same time. */
    browsers: string[];
  }
}

/** The headless shell has no window of its own to draw: pages open in half the time. */
const programs = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].map(
  (n) => `/usr/bin/${n}`,
);

const launch = () =>
  chromium.launchServer({
    executablePath: process.env.HANDOVER_CHROMIUM ?? programs.find((program) => existsSync(program)),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const browsers = await Promise.all(Array.from({ length: project.config.maxWorkers }, launch));
  project.provide(
    'browsers',
    browsers.map((browser) => browser.wsEndpoint()),
  );
  return async () => void (await Promise.all(browsers.map((browser) => browser.close())));
}
