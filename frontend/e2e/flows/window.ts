// The seller's actions in the window, as functions of its page, for the fake
// and the real program. The page must be in English.
import type { Locator, Page } from 'playwright-core';

const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name });

export async function tryOut(page: Page): Promise<void> {
  await button(page, 'Try it on this computer').click();
  await page.getByRole('heading', { name: 'All orders' }).waitFor();
}

export interface Credentials {
  server: string;
  email: string;
  password: string;
}

export async function fillSignIn(page: Page, { server, email, password }: Credentials): Promise<void> {
  await page.getByLabel('Server address').fill(server);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await button(page, 'Sign in').click();
}

export async function signIn(page: Page, credentials: Credentials): Promise<void> {
  await fillSignIn(page, credentials);
  await page.getByRole('heading', { name: 'All orders' }).waitFor();
}

export function row(page: Page, title: string): Locator {
  return page.locator('[data-order]').filter({ hasText: title });
}

export async function openOrder(page: Page, title: string): Promise<void> {
  await row(page, title).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

export async function back(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('[data-order]').first().waitFor();
}

export async function show(page: Page, name: 'Transfers' | 'Earnings' | 'Settings'): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

export async function tab(page: Page, name: 'Delivery' | 'Messages' | 'History'): Promise<void> {
  await page.getByRole('tab', { name }).click();
}

/** Drops paths of this computer on the window. */
export async function drop(page: Page, ...paths: string[]): Promise<void> {
  await page.evaluate((all) => {
    const { runtime, fake } = window as unknown as {
      runtime: { EventsEmit?: (name: string, ...data: unknown[]) => void };
      fake?: { drop(...paths: string[]): void };
    };
    if (fake) fake.drop(...all);
    else runtime.EventsEmit?.('wails:file-drop', 100, 100, all);
  }, paths);
}

/** The rows of the draft's files whose path has this ending. */
export function file(page: Page, path: string): Locator {
  return page.locator(`[data-path$="${path}"]`);
}

export async function uploaded(page: Page, timeout = 60_000): Promise<void> {
  await page.getByText('All files are uploaded').first().waitFor({ timeout });
}

export async function addLink(page: Page, url: string, label = ''): Promise<void> {
  await button(page, 'Add a link').click();
  await page.getByLabel('Address', { exact: true }).fill(url);
  await page.getByLabel('Label (optional)').fill(label);
  await page.getByRole('button', { name: 'Add link', exact: true }).click();
}

export async function describeDelivery(page: Page, text: string): Promise<void> {
  await page.getByLabel('Describe your delivery in detail').fill(text);
}

export async function deliver(page: Page): Promise<void> {
  await button(page, /^Deliver (revised )?work$/).click();
}

/** Presses a button of the open dialog. */
export async function answer(page: Page, name: string): Promise<void> {
  await button(page.getByRole('dialog'), name).click();
}

export async function delivered(page: Page, number: number): Promise<void> {
  await page.getByRole('heading', { name: `Delivery ${number} was sent to the buyer` }).waitFor({ timeout: 30_000 });
}

/** The sentence about the next event on an order's page. */
export async function next(page: Page): Promise<string> {
  return (await page.getByTestId('next').textContent()) ?? '';
}

/** Sets the window's language in the settings and returns to the orders. */
export async function speak(page: Page, language: 'English' | 'Deutsch'): Promise<void> {
  await page.keyboard.press('Control+,');
  await page.getByLabel(/^(Language|Sprache)$/).selectOption({ label: language });
  await back(page);
}

/** The part of the settings with this title. */
export function settings(page: Page, title: string): Locator {
  return page.getByRole('region', { name: title });
}
