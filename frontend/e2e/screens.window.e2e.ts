// Every screen of the window, checked as in flows/screens.ts.
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { DraftFile } from '$lib/api/views';
import { packaged } from './fake/samples.packages.ts';
import { closed, picture as image, pointed } from './fake/samples.points.ts';
import * as life from './fake/samples.life.ts';
import * as samples from './fake/samples.ts';
import * as set from './fake/samples.settings.ts';
import { startFake, type Scenario } from './fake/window.ts';
import { orderScreens } from './flows/screens.orders.ts';
import { Looker, looks, only, type Act } from './flows/screens.ts';
import { windowServed } from './harness/flow.ts';

const base: Scenario = { state: samples.signedIn, pages: samples.allPages, history: life.history };
const openOrder =
  (id: string): Act =>
  (page) =>
    page.locator(`[data-order="${id}"]`).click();
const describeIt: Act = (page) => page.locator('textarea').fill('The final film.');
function tab(name: string): Act {
  return (page) => page.locator(`#order-panel-${name}`).click();
}
const place: Act = async (page) => {
  for (const [name, text] of [
    ['title', 'Flyer'],
    ['buyerName', 'Café Süd'],
    ['buyerEmail', 'sued@example.org'],
  ])
    await page.locator(`dialog input[name=${name}]`).fill(text!);
  await page.locator('dialog button').last().click();
};
function nav(n: number): Act {
  return (page) => page.locator('nav button').nth(n).click();
}
function headerButton(n: number): Act {
  return (page) => page.locator('main header').first().getByRole('button').nth(n).click();
}
const section =
  (name: string): Act =>
  (page) =>
    page.locator(`[data-section=${name}]`).evaluate((element) => element.scrollIntoView());
const scrolledTo =
  (selector: string): Act =>
  (page) =>
    page.locator(selector).evaluate((element) => element.scrollIntoView({ block: 'center' }));
const inFolder = (files: DraftFile[]) => files.map((file, n) => ({ ...file, inFolder: n !== 1 }));
const primary: Act = (page) => page.locator('footer button').last().click();

const windowScreens: Record<string, [Scenario, ...Act[]]> = {
  start: [{ ...base, state: samples.signedOut }],
  'start-anew': [{ ...base, state: samples.anew }],
  'start-faults': [{ ...base, state: samples.signedOut }, (p) => p.locator('form button[type=submit]').click()],
  'start-insecure': [
    { ...base, state: samples.signedOut },
    async (p) => {
      const [server, email, password] = await p.locator('input').all();
      await server?.fill('http://192.168.1.20:8080');
      await email?.fill('mara@example.com');
      await password?.fill('secret');
      await p.locator('form button[type=submit]').click();
    },
  ],
  orders: [base],
  'orders-trial': [{ ...base, state: samples.trial }],
  'orders-restored': [{ ...base, state: samples.restored }],
  'orders-offline': [{ ...base, state: samples.offline }],
  'orders-empty': [{ ...base, pages: [] }],
  'orders-none-match': [base, (p) => p.locator('input[type=search]').fill('xyz')],
  'orders-review': [base, (p) => p.locator('nav button').nth(2).click()],
  'orders-failed': [{ ...base, refuse: { 'Orders.List': 'internal' } }],
  ...orderScreens(base),
  'draft-empty': [base, openOrder('film')],
  'draft-package': [{ ...base, pages: [packaged] }, openOrder('film'), scrolledTo('[data-path="Notes.pdf"]')],
  'draft-link': [base, openOrder('film'), (p) => p.locator('[aria-expanded]').click()],
  'draft-uploading': [{ ...base, pages: [samples.uploading, samples.late] }, openOrder('film')],
  'draft-offline': [{ ...base, state: samples.offline, pages: [samples.uploading] }, openOrder('film')],
  'draft-missing': [base, openOrder('film'), primary],
  'draft-over': [base, openOrder('film'), (p) => p.locator('textarea').fill('ü'.repeat(2_531)), primary],
  'draft-no-files': [base, openOrder('film'), describeIt, primary],
  'draft-findings': [
    {
      ...base,
      pages: [samples.ready],
      findings: [
        { code: 'unfinished_name', path: 'film/film-de-draft.mov', hint: 'draft' },
        { code: 'cut_short', path: 'film/film-de.mov', hint: 'mov' },
        { code: 'duplicate', path: 'film/subtitles/en.srt', hint: 'film/subtitles/de.srt' },
      ],
    },
    openOrder('film'),
    primary,
  ],
  'draft-left-out': [
    { ...base, pages: [samples.ready], folder: set.on, orderFolders: { film: set.orderFolder } },
    openOrder('film'),
    primary,
  ],
  'draft-findings-left-out': [
    {
      ...base,
      pages: [samples.ready],
      folder: set.on,
      orderFolders: { film: set.orderFolder },
      findings: [{ code: 'unfinished_name', path: 'film/film-de-draft.mov', hint: 'draft' }],
    },
    openOrder('film'),
    primary,
    (p) => p.locator('dialog summary').waitFor(),
  ],
  'draft-refused': [
    { ...base, chosen: [{ path: '/home/mara/film/film-8k-master.mov', size: 6_200_000_000 }] },
    openOrder('film'),
    (p) => p.locator('[aria-labelledby=upload] button').first().click(),
  ],
  'draft-discard': [
    { ...base, pages: [samples.ready] },
    openOrder('film'),
    (p) => p.locator('[aria-labelledby=draft] header button').click(),
  ],
  delivering: [{ ...base, pages: [samples.delivering] }, openOrder('film')],
  delivered: [
    { ...base, pages: [samples.ready] },
    openOrder('film'),
    primary,
    (p) => p.getByTestId('success').waitFor(),
  ],
  revision: [base, openOrder('logo')],
  'revision-draft': [{ ...base, pages: [samples.revising] }, openOrder('logo')],
  'revision-removed': [
    { ...base, pages: [samples.revising] },
    openOrder('logo'),
    (p) => p.locator('[data-path="logo/variant-b.eps"] button').last().click(),
  ],
  withdrawn: [{ ...base, pages: [samples.withdrawn] }, openOrder('logo')],
  'delivering-offline': [{ ...base, state: samples.offline, pages: [samples.delivering] }, openOrder('film')],
  'in-review': [base, openOrder('score')],
  completed: [base, openOrder('website')],
  'completed-points': [{ ...base, pages: [closed] }, openOrder('website'), scrolledTo('[aria-labelledby=closing]')],
  cancelled: [base, openOrder('poster')],
  messages: [base, openOrder('logo'), tab('messages')],
  'messages-missing': [base, openOrder('logo'), tab('messages'), (p) => p.locator('form button').click()],
  'messages-none': [base, openOrder('website'), tab('messages')],
  'messages-failed': [{ ...base, refuse: { 'Orders.History': 'unreachable' } }, openOrder('logo'), tab('messages')],
  history: [base, openOrder('logo'), tab('history')],
  cancellation: [{ ...base, pages: [life.proposed] }, openOrder('score')],
  'cancellation-agree': [
    { ...base, pages: [life.proposed] },
    openOrder('score'),
    (p) => p.locator('[aria-labelledby=cancellation] button').nth(1).click(),
  ],
  'cancellation-propose': [base, openOrder('logo'), headerButton(1)],
  'buyers-link': [base, openOrder('logo'), headerButton(2)],
  'buyers-link-renew': [base, openOrder('logo'), headerButton(2), (p) => p.locator('dialog button').nth(3).click()],
  'buyers-link-revoked': [
    base,
    openOrder('logo'),
    headerButton(2),
    (p) => p.locator('dialog button').nth(2).click(),
    (p) => p.locator('dialog button').last().click(),
  ],
  'buyers-link-failed': [
    { ...base, refuse: { 'Orders.BuyerLink': 'unreachable' } },
    openOrder('logo'),
    headerButton(2),
  ],
  'new-order': [base, (p) => p.locator('main header button').first().click()],
  'new-order-faults': [
    base,
    (p) => p.locator('main header button').first().click(),
    (p) => p.locator('dialog button').last().click(),
  ],
  'new-order-placed': [base, (p) => p.locator('main header button').first().click(), place],
  points: [{ ...base, pages: [pointed] }, openOrder('logo'), (p) => p.locator('[data-point] input').nth(1).check()],
  'points-picture': [
    { ...base, pages: [pointed], picture: image },
    openOrder('logo'),
    (p) => p.locator('[data-point] button').first().click(),
  ],
  transfers: [{ ...base, transfers: life.transfers }, nav(4)],
  'transfers-paused': [{ ...base, transfers: life.transfersPaused }, nav(4)],
  'transfers-none': [base, nav(4)],
  earnings: [{ ...base, earnings: life.earnings }, nav(5)],
  'earnings-none': [base, nav(5)],
  'earnings-failed': [{ ...base, refuse: { 'Orders.Earnings': 'unreachable' } }, nav(5)],
  'start-folder': [{ ...base, state: { ...samples.signedIn, askFolder: true }, folder: { ...set.off, scanned: true } }],
  settings: [{ ...base, transfers: life.transfers }, nav(6)],
  'settings-trial': [{ ...base, state: samples.trial }, nav(6)],
  'settings-folder': [{ ...base, folder: set.on, rules: '# sources stay here\n*.psd\n' }, nav(6), section('folder')],
  'settings-folder-moving': [{ ...base, folder: set.moving }, nav(6), section('folder')],
  'settings-folder-problems': [{ ...base, folder: set.troubled }, nav(6), section('folder')],
  'settings-folder-wide': [
    { ...base, folder: { ...set.off, folder: '/home/mara' } },
    nav(6),
    (p) => p.locator('[data-section=folder] button').first().click(),
  ],
  'settings-rules': [
    { ...base, folder: set.on },
    nav(6),
    (p) => p.locator('summary').click(),
    (p) => p.locator('textarea').fill('*.psd\n[ab\na//b\n'),
    (p) => p.locator('[data-section=rules] button').first().click(),
    section('rules'),
  ],
  'settings-uploads': [
    { ...base, transfers: life.transfers },
    nav(6),
    (p) => p.locator('[data-section=uploads] fieldset > button').click(),
    (p) => p.locator('[data-section=uploads] li input').nth(4).fill('09:00'),
    (p) => p.locator('[data-section=uploads] form > div > button').click(),
    section('uploads'),
  ],
  'settings-about': [base, nav(6), section('about')],
  'settings-password': [
    base,
    nav(6),
    (p) => p.locator('[data-section=account] button').first().click(),
    (p) => p.locator('dialog input').first().fill('wrong'),
    (p) => p.locator('dialog button').last().click(),
  ],
  'draft-folder': [
    {
      ...base,
      pages: [{ ...samples.ready, draft: { ...samples.ready.draft, files: inFolder(samples.ready.draft.files) } }],
      folder: set.on,
      orderFolders: { film: set.orderFolder },
    },
    openOrder('film'),
    (p) => p.locator('[data-testid=order-folder] summary').click(),
  ],
  'order-failed': [{ ...base, refuse: { 'Orders.Order': 'not_found' } }, openOrder('film')],
  drag: [base, openOrder('film'), drag],
  'drag-list': [base, drag],
  'drop-offer': [
    { ...base, pages: [samples.active, samples.completed] },
    (p) => p.evaluate(() => window.fake.drop('/home/mara/film.mov')),
  ],
};

async function drag(page: Page) {
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'film.mov'));
    window.dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true, cancelable: true }));
  });
}

const shared = windowServed();
const looker = new Looker(() => shared.browser);
afterAll(() => looker.close());

describe('the window', () => {
  for (const [name, [scenario, ...acts]] of Object.entries(windowScreens)) {
    it.runIf(!only || only === name)(name, async () => {
      const faults: string[] = [];
      for (const look of looks([900, 600], [1280, 800])) {
        const go = async (page: Page) => {
          const leave = await startFake(page, scenario);
          await page.goto(shared.url);
          await page.locator('main, [role=alert]').first().waitFor();
          return leave;
        };
        const larger = look.width === 900 ? { ...look, width: 1920, height: 1200 } : undefined;
        faults.push(...(await looker.faultsOf(`window/${name}`, look, go, acts, larger)));
      }
      expect(faults).toEqual([]);
    });
  }
});
