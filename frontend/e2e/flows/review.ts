// The buyer's actions on the review page, as functions. The page must be in
// English.
import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';

export async function openReview(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

export async function accept(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await page.getByRole('button', { name: 'Accept and complete' }).click();
  await page.getByRole('heading', { name: 'Order completed' }).waitFor();
}

/** Comments on a file that the page cannot show. */
export async function comment(page: Page, path: string, text: string): Promise<void> {
  await page.getByRole('button', { name: `Comment on this file: ${path}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Comment on this file' }).click();
  await dialog.getByLabel('Your comment').fill(text);
  await dialog.getByRole('button', { name: 'Save comment' }).click();
  await dialog.locator('[data-comment]').filter({ hasText: text }).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
}

export async function askForChanges(page: Page, message: string): Promise<void> {
  await page.getByRole('button', { name: 'Ask for changes' }).click();
  await page.getByLabel(/^Your message to/).fill(message);
  await page.getByRole('button', { name: /^Send to/ }).click();
  await page.getByRole('heading', { name: 'What you asked for' }).waitFor();
}

export async function extend(page: Page, days: number): Promise<void> {
  await page.getByRole('button', { name: 'Extend the review' }).click();
  await page.getByLabel('By how many days').selectOption(String(days));
  await page.getByRole('button', { name: 'Extend', exact: true }).click();
  await page.getByText('The review now ends on').waitFor();
}

/** The SHA-256 of a file as the buyer gets it. */
export async function download(page: Page, path: string): Promise<string> {
  const waiting = page.waitForEvent('download');
  await page
    .getByRole('link', { name: `Download ${path}` })
    .first()
    .click();
  const hash = createHash('sha256');
  for await (const chunk of await (await waiting).createReadStream()) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
