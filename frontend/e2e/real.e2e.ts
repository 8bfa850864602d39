// An order from start to end with the real programs: HANDOVER_SERVER and a
// dev-tagged HANDOVER_DESKTOP_DEV. Skipped without them.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { here } from '../vite.shared.ts';
import * as buyer from './flows/review.ts';
import * as seller from './flows/window.ts';
import { launch, open, violations } from './harness/browser.ts';
import { desktop, Programs, server } from './harness/programs.ts';

const bytes = randomBytes(3_000_000);
const sha256 = createHash('sha256').update(bytes).digest('hex');

describe.runIf(server && desktop)('the real programs', () => {
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

  async function order(data: string, title: string): Promise<string> {
    const due = new Date(Date.now() + 48 * 3_600_000).toISOString();
    const buyerArgs = ['--buyer-name', 'Jonas', '--buyer-email', 'jonas@example.org'];
    const args = [
      'order',
      'add',
      '--data',
      data,
      '--seller',
      'mara@example.com',
      ...buyerArgs,
      '--title',
      title,
      '--due',
      due,
    ];
    const placed = await programs.run(server!, [...args, '--price', '540.00', '--currency', 'EUR', '--json']);
    return (JSON.parse(placed) as { review_url: string }).review_url;
  }

  it('take work from the window to the buyer and back', async () => {
    const data = join(programs.home, 'server');
    const url = await programs.serve(data);
    const user = [
      'user',
      'add',
      '--data',
      data,
      '--email',
      'mara@example.com',
      '--name',
      'Mara',
      '--password-file',
      '-',
    ];
    await programs.run(server!, user, 'correct horse battery');
    const review = await order(data, 'Logo and brand colours');
    mkdirSync(join(programs.home, 'work'));
    const logo = join(programs.home, 'work', 'logo final.bin');
    writeFileSync(logo, bytes);
    utimesSync(logo, 0, 0); // a recently written file would need a confirmation

    const window = await open(browser);
    await window.page.goto(await programs.openWindow(here('./dist/desktop')));
    await seller.fillSignIn(window.page, { server: url, email: 'mara@example.com', password: 'wrong password' });
    await window.page.getByText('E-mail or password is wrong.').waitFor();
    await seller.fillSignIn(window.page, { server: url, email: 'mara@example.com', password: 'correct horse battery' });
    await window.page.getByRole('heading', { name: 'Where do you keep your work?' }).waitFor();
    expect(await window.page.getByTestId('folder-place').textContent()).toBe(join(programs.home, 'Documents/Handover'));
    await window.page.getByRole('button', { name: 'Use this folder' }).click();
    await seller.openOrder(window.page, 'Logo and brand colours');
    const folder = join(programs.home, 'Documents/Handover/Logo and brand colours');
    await window.page.getByText(folder).waitFor();
    writeFileSync(join(folder, 'colours.txt'), 'teal');
    utimesSync(join(folder, 'colours.txt'), 0, 0);
    await seller.file(window.page, 'colours.txt').getByText('In the order’s folder.').waitFor();
    await seller.drop(window.page, logo);
    await seller.describeDelivery(window.page, 'The logo.');
    await seller.uploaded(window.page);
    await seller.deliver(window.page);
    await seller.delivered(window.page, 1);

    const page = await open(browser, { width: 390, height: 844 });
    await buyer.openReview(page.page, review);
    expect(page.page.url()).not.toContain(review.split('/').at(-1));
    expect(await buyer.download(page.page, 'logo final.bin')).toBe(sha256);
    expect(await violations(page.page)).toEqual([]);
    await buyer.extend(page.page, 2);
    await buyer.comment(page.page, 'logo final.bin', 'Here above all.');
    await buyer.comment(page.page, 'logo final.bin', 'And a darker blue.');
    await buyer.askForChanges(page.page, 'More air, please.');
    await window.page.getByText('More air, please.').waitFor();

    await seller.back(window.page);
    await seller.openOrder(window.page, 'Logo and brand colours');
    await window.page.getByText('Opened on').waitFor();
    await window.page.getByText('Downloaded on').waitFor();
    await seller.tab(window.page, 'Messages');
    await window.page.locator('[data-message]').getByText('More air, please.').waitFor();
    await window.page.getByLabel('Message to Jonas').fill('Tomorrow.');
    await window.page.getByRole('button', { name: 'Send message' }).click();
    await window.page.locator('[data-message]').getByText('Tomorrow.').waitFor();
    await seller.tab(window.page, 'History');
    await window.page.getByText('The buyer downloaded “logo final.bin” of delivery 1.').waitFor();
    await window.page.getByRole('button', { name: 'Buyer’s link' }).click();
    expect(await window.page.getByTestId('buyer-link').textContent()).toBe(review);
    await seller.answer(window.page, 'Close');
    await seller.tab(window.page, 'Delivery');
    await window.page.locator('[data-point="2"]').getByText('And a darker blue.').waitFor();
    await window.page.getByRole('checkbox', { name: 'Done: point 1, Here above all.' }).check();
    await window.page.getByText('1 of 2 done').waitFor();
    await seller.addLink(window.page, 'https://cloud.example.org/eps', 'EPS');
    await seller.describeDelivery(window.page, 'More air.');
    // Files in the folder are added to an existing draft; an earlier queued delivery
    // would be withdrawn.
    await seller.file(window.page, 'colours.txt').waitFor();
    await seller.uploaded(window.page);
    await seller.deliver(window.page);
    await seller.delivered(window.page, 2);
    await page.page.getByRole('heading', { name: 'Delivery 2' }).waitFor();
    const points = page.page.getByTestId('points');
    await points.locator('[data-comment="1"]').getByText('Done in delivery 2').waitFor();
    await points.locator('[data-comment="2"]').getByText('Not done yet').waitFor();
    await buyer.accept(page.page);
    await window.page.getByText('Completed', { exact: true }).first().waitFor();
    await seller.show(window.page, 'Transfers');
    await window.page.getByText('No active transfers').waitFor();
    await seller.show(window.page, 'Earnings');
    await window.page.locator('[data-figure=clearing]').getByText('€540.00').waitFor();
    expect(await violations(window.page)).toEqual([]);
    expect([window.complaints, page.complaints]).toEqual([[], []]);
  });

  it('try it out', async () => {
    const window = await open(browser);
    await window.page.goto(await programs.openWindow(here('./dist/desktop')));
    await seller.tryOut(window.page);
    await window.page.locator('[data-order]').first().waitFor();
    expect(await violations(window.page)).toEqual([]);
    expect(window.complaints).toEqual([]);
  });
});
