import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { ahead, setClock } from '../../clock.ts';

/** The headless shell draws no window, so pages open in half the time. */
const programs = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].map(
  (n) => `/usr/bin/${n}`,
);

/** Starts a browser. Parallel tests have one each, because a browser has one clipboard. */
export function launch(): Promise<Browser> {
  return chromium.launch({
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
}

export interface Look {
  locale?: 'en-GB' | 'de-DE';
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
  touch?: boolean;
}

/** A page with its own storage, and the errors that it reported. */
export interface Opened {
  page: Page;
  complaints: string[];
  close(): Promise<void>;
}

/** Messages of a dev-tagged Wails program and of its missing icon, which are not our errors. */
const NOISE = [/reading 'nodes'/, /favicon/];

/** Opens a page with the machine's time, or with its clock stopped at now. */
export async function open(browser: Browser, look: Look = {}, now?: number): Promise<Opened> {
  const options: BrowserContextOptions = {
    locale: look.locale ?? 'en-GB',
    colorScheme: look.theme ?? 'light',
    viewport: { width: look.width ?? 1280, height: look.height ?? 800 },
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    hasTouch: look.touch ?? false,
    permissions: ['clipboard-read', 'clipboard-write'],
  };
  const context = await browser.newContext(options);
  if (now !== undefined) await context.addInitScript(setClock, { at: now });
  else if (ahead !== 0) await context.addInitScript(setClock, { ahead });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000); // test files share two processors
  const complaints: string[] = [];
  const heard = (text: string) => {
    if (!NOISE.some((noise) => noise.test(text))) complaints.push(text);
  };
  page.on('pageerror', (error) => heard(String(error)));
  page.on('console', (message) => {
    const bad = message.type() === 'error' || message.type() === 'warning';
    if (bad) heard(`${message.text()} ${message.location().url}`);
  });
  return { page, complaints, close: () => context.close() };
}

/** Ends the page's activity and clears its storage. */
export async function leave(page: Page): Promise<void> {
  await page.evaluate(() => (localStorage.clear(), sessionStorage.clear()));
  await page.context().clearCookies();
  await page.goto('about:blank');
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The violations that axe finds on the page, or in the dialog that keeps the rest from being used, one line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: Axe };
    const place = document.querySelector('dialog:modal') ?? document;
    // Passing nodes are only counted, which halves the time.
    const { violations } = await axe.run(place, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.any?.[0]?.message ?? ''}`),
    );
  });
}

interface Axe {
  run(place: Node, options: { resultTypes: string[] }): Promise<AxeResults>;
}

interface AxeResults {
  violations: { id: string; help: string; nodes: { html: string; any?: { message: string }[] }[] }[];
}

/** Texts that do not fit: cut off without an ellipsis, or wider than the page. */
export async function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page is wider than its window');
    for (const area of document.querySelectorAll('main, dialog'))
      if (area.scrollWidth > area.clientWidth) found.push(`${area.tagName} is wider than its place`);
    for (const element of document.querySelectorAll<HTMLElement>(
      'button, h1, h2, h3, p, a, label, dt, dd, span, summary, li, td, th, figcaption',
    )) {
      if (element.clientWidth === 0 || element.classList.contains('sr-only') || element.closest('.sr-only')) continue;
      const style = getComputedStyle(element);
      const told = style.textOverflow === 'ellipsis' && element.title !== '';
      if (style.display === 'inline' || told) continue;
      if (element.scrollWidth > element.clientWidth + 1 && style.overflowX !== 'visible')
        found.push(`cut off: ${element.textContent?.trim().slice(0, 60)}`);
      const box = element.getBoundingClientRect();
      if (box.right > innerWidth + 1) found.push(`outside: ${element.textContent?.trim().slice(0, 60)}`);
    }
    return found;
  });
}

/** Saves a picture of the page below test-results/. */
export async function picture(page: Page, name: string): Promise<void> {
  const path = `test-results/${name}.png`;
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path });
}

/**
 * Waits until the page has loaded everything it shows. Its event stream never
 * ends, and lazy images out of sight are not loaded.
 */
export async function still(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      !document.querySelector('.animate-spin') &&
      [...document.images].every(({ complete, loading }) => complete || loading === 'lazy'),
  );
}
