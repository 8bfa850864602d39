import { describe, expect } from 'vitest';
import type { Finding } from '$lib/api/views';
import * as samples from './fake/samples.ts';
import * as seller from './flows/window.ts';
import { calls, seen, windowFlows } from './harness/flow.ts';

const film = samples.active.order.title;
const flow = windowFlows();

describe('the first start', () => {
  flow('tries it out', { state: samples.signedOut }, async (page) => {
    await seller.tryOut(page);
    await seen(page, 'Sample orders. Nothing leaves this computer.');
  });

  flow('signs in after a wrong password', { state: samples.signedOut }, async (page) => {
    const who = { server: 'https://deliver.example.com', email: 'mara@example.com', password: 'wrong' };
    await seller.fillSignIn(page, who);
    await seen(page, 'E-mail or password is wrong.');
    await seller.signIn(page, { ...who, password: 'right' });
    expect(await calls(page)).toContain('App.NoteTimeZone');
  });

  flow('asks before a password goes unencrypted', { state: samples.signedOut }, async (page) => {
    await seller.fillSignIn(page, { server: 'http://192.168.1.20', email: 'a@example.com', password: 'right' });
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await seller.answer(page, 'Sign in unencrypted');
    await page.getByRole('heading', { name: 'All orders' }).waitFor();
  });
});

describe('delivering', () => {
  flow('delivers what was dropped', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/film.mov', '/home/mara/poster.png');
    await seller.describeDelivery(page, 'The film.');
    await seller.uploaded(page);
    await seller.deliver(page);
    await seller.delivered(page, 1);
    expect(await seller.next(page)).toBe('Completes automatically on Fri 27 Nov, 15:20, in 3 days');
    await page.getByRole('button', { name: 'Back to the orders' }).click();
    await seller.row(page, film).getByText('Delivered', { exact: true }).waitFor();
    expect(await calls(page)).toContain('Drafts.Describe');
  });

  flow('waits for uploads, and delivers when they end', { uploadsEnd: false }, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/film.mov');
    await seller.describeDelivery(page, 'The film.');
    await seller.deliver(page);
    await page.getByTestId('pending').getByText('Not yet delivered').waitFor();
    await page.evaluate((id) => window.fake.endUploads(id), samples.active.order.id);
    await seller.delivered(page, 1);
  });

  flow('can be given up while it waits', { uploadsEnd: false }, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/film.mov');
    await seller.describeDelivery(page, 'The film.');
    await seller.deliver(page);
    await page.getByRole('button', { name: 'Do not deliver yet' }).click();
    await seen(page, 'Not delivered. The draft is unchanged.');
    await page.getByRole('button', { name: 'Deliver work' }).waitFor();
  });

  flow('needs a description', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.deliver(page);
    await seen(page, 'Please describe your delivery before you deliver it.');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
    expect(await calls(page)).not.toContain('Drafts.Deliver');
  });

  flow('confirms a delivery without files', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.describeDelivery(page, 'The talk is booked.');
    await seller.deliver(page);
    await seller.answer(page, 'Deliver without files');
    await seller.delivered(page, 1);
  });

  const unfinished: Finding[] = [
    { code: 'empty_file', path: 'a.mov', hint: '' },
    { code: 'cut_short', path: 'b.zip', hint: 'zip' },
  ];
  flow('shows what looks unfinished', { findings: unfinished }, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/a.mov');
    await seller.uploaded(page);
    await seller.describeDelivery(page, 'The film.');
    await seller.deliver(page);
    await seen(page, 'The file is empty');
    await seen(page, 'The end of this ZIP file is missing');
    await seller.answer(page, 'Deliver anyway');
    await seller.delivered(page, 1);
  });

  flow('says that drafts were restored, until it is known', { state: samples.restored }, async (page) => {
    await page.getByText('Your drafts were restored from a copy of').waitFor();
    await page.getByText('handover.db.damaged-20261124T141200Z').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('Your drafts were restored').waitFor({ state: 'detached' });
    expect(await calls(page)).toContain('App.DismissRecovery');
  });

  flow('offers a link for a file over the limit', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.drop(page, '/home/mara/film-6200000000b');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Larger than 5 GB').waitFor();
    await dialog.getByRole('textbox').fill('http://example.org');
    await seller.answer(page, 'Attach link');
    await dialog.getByText('begin with https://').waitFor();
    await dialog.getByRole('textbox').fill('https://cloud.example.org/film');
    await seller.answer(page, 'Attach link');
    await page.locator('[data-link="https://cloud.example.org/film"]').waitFor();
    expect(await dialog.count()).toBe(0);
  });

  flow('delivers revised work beside the buyer’s request', {}, async (page) => {
    await seller.openOrder(page, samples.revision.order.title);
    await seen(page, 'a little more air between the letters');
    await seller.addLink(page, 'https://cloud.example.org/eps', 'EPS');
    await seller.describeDelivery(page, 'As EPS too.');
    await seller.deliver(page);
    await seller.delivered(page, 2);
  });

  flow('keeps a draft', {}, async (page) => {
    await seller.openOrder(page, film);
    await seller.describeDelivery(page, 'Half of it.');
    await page.getByRole('button', { name: 'Save as draft' }).click();
    await seller.row(page, film).getByText('Draft').waitFor();
    await seller.openOrder(page, film);
    expect(await page.getByRole('textbox').inputValue()).toBe('Half of it.');
  });

  flow('offers no draft where nothing can be delivered', {}, async (page) => {
    await seller.openOrder(page, samples.completed.order.title);
    expect(await page.getByRole('textbox').count()).toBe(0);
    await seller.drop(page, '/home/mara/a.mov');
    await seen(page, 'Nothing can be added to this order');
  });
});

describe('what happens elsewhere', () => {
  flow('shows at once that the buyer asked for changes', {}, async (page) => {
    await seller.openOrder(page, samples.reviewing.order.title);
    await page.evaluate((order) => {
      window.fake.change('score', { order: { ...order, status: 'in_revision' }, changeRequest: 'Slower, please' });
    }, samples.reviewing.order);
    await page.getByText('Slower, please').waitFor();
    await page.getByRole('button', { name: 'Deliver revised work' }).waitFor();
  });

  flow('says that the server is away, and that it is back', {}, async (page) => {
    await page.evaluate((state) => window.fake.emit('state', state), samples.offline);
    await seen(page, /The server is unreachable. You see the state of 13:56/);
    await page.evaluate((state) => window.fake.emit('state', state), samples.signedIn);
    await seen(page, 'The server is reachable again.');
  });

  flow('does not take what is typed away', {}, async (page) => {
    await seller.openOrder(page, film);
    await page.getByRole('textbox').pressSequentially('What I ');
    await page.evaluate((draft) => window.fake.emit('draft', draft), samples.emptyDraft('film'));
    await page.getByRole('textbox').pressSequentially('type');
    expect(await page.getByRole('textbox').inputValue()).toBe('What I type');
  });
});
