// Every screen in both themes, both languages and all sizes: nothing is cut
// off, axe finds nothing, and nothing complains. With SCREENS=1 the pictures
// of all of them are kept in test-results/screens.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DraftFile } from '$lib/api/views';
import { orders, serveReview, type Order } from './fake/review.ts';
import { photos } from './fake/photos.ts';
import { picture as image, pointed } from './fake/samples.points.ts';
import * as life from './fake/samples.life.ts';
import * as samples from './fake/samples.ts';
import * as set from './fake/samples.settings.ts';
import { shareScreens, viewLinks } from './fake/views.ts';
import { startFake, type Scenario } from './fake/window.ts';
import { orderScreens } from './flows/screens.orders.ts';
import { clipped, launch, open, picture, violations, type Look } from './harness/browser.ts';
import { serveWindow, type Served } from './harness/serve.ts';

type Act = (page: Page) => Promise<unknown>;

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
  'orders-failed': [{ ...base, refuse: { Orders: 'internal' } }],
  ...orderScreens(base),
  'draft-empty': [base, openOrder('film')],
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
  cancelled: [base, openOrder('poster')],
  messages: [base, openOrder('logo'), tab('messages')],
  'messages-missing': [base, openOrder('logo'), tab('messages'), (p) => p.locator('form button').click()],
  'messages-none': [base, openOrder('website'), tab('messages')],
  'messages-failed': [{ ...base, refuse: { History: 'unreachable' } }, openOrder('logo'), tab('messages')],
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
  'buyers-link-failed': [{ ...base, refuse: { BuyerLink: 'unreachable' } }, openOrder('logo'), headerButton(2)],
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
  'earnings-failed': [{ ...base, refuse: { Earnings: 'unreachable' } }, nav(5)],
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
  'order-failed': [{ ...base, refuse: { Order: 'not_found' } }, openOrder('film')],
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

const pressed =
  (n: number): Act =>
  (page) =>
    page.locator('[aria-labelledby=decide] button').nth(n).click();
const chooser = (page: Page) => page.locator('article').first().locator('button[aria-pressed]');
const viewed =
  (path: string): Act =>
  async (page) => {
    await page.locator(`[data-file="${path}"] button`).first().click();
    await page.locator('dialog img, dialog pre, dialog audio, dialog [role=status]').first().waitFor();
  };
const many = photos(2_000);

const reviewScreens: Record<string, [Order | null, ...Act[]]> = {
  ...Object.fromEntries(Object.entries(orders).map(([name, order]) => [name, [order]])),
  gone: [null],
  accept: [orders.delivered!, pressed(0)],
  changes: [orders.delivered!, pressed(1)],
  'changes-missing': [orders.delivered!, pressed(1), (p) => p.locator('dialog button').last().click()],
  extend: [orders.delivered!, (p) => p.getByTestId('standing').locator('button').click()],
  earlier: [orders.delivered!, (p) => p.locator('summary').first().click()],
  history: [
    orders.delivered!,
    (p) => p.locator('summary').last().click(),
    (p) => p.getByTestId('history').scrollIntoViewIfNeeded(),
  ],
  messages: [orders.delivered!, (p) => p.locator('form button').scrollIntoViewIfNeeded()],
  'message-missing': [orders.delivered!, (p) => p.locator('form button').click()],
  choosing: [orders.delivered!, (p) => chooser(p).nth(0).click(), (p) => p.locator('[data-file] input').nth(1).check()],
  'choosing-none': [orders.delivered!, (p) => chooser(p).nth(0).click()],
  checksums: [orders.delivered!, (p) => chooser(p).nth(1).click()],
  'files-grid': [orders.delivered!, (p) => p.getByRole('search').locator('button').last().click()],
  'files-search-none': [orders.delivered!, (p) => p.getByRole('searchbox').fill('nothing')],
  'files-sorted': [orders.delivered!, (p) => p.getByRole('search').locator('select').selectOption('size')],
  'files-many': [many],
  'files-many-grid': [many, (p) => p.getByRole('search').locator('button').last().click()],
  'preview-rendition': [many, viewed('Shoot 1/DSC_0001.jpg')],
  'preview-none': [orders.delivered!, viewed('logo/on blue.png'), (p) => p.keyboard.press('End')],
  'preview-image': [orders.delivered!, viewed('logo/on blue.png')],
  'preview-zoomed': [orders.delivered!, viewed('logo/on blue.png'), (p) => p.keyboard.press('+')],
  'preview-text': [orders.delivered!, viewed('logo/read me.txt')],
  'preview-audio': [orders.delivered!, viewed('film/jingle.wav')],
  'comments-image': [
    orders.commented!,
    viewed('logo/on blue.png'),
    (p) => p.locator('[data-pin]').click(),
    (p) => p.locator('[data-testid=comments] > button').click(),
  ],
  'comments-send': [orders.commented!, pressed(1)],
  'preview-broken': [orders.delivered!, viewed('film/broken.mp4')],
  ...Object.fromEntries(Object.entries(shareScreens).map(([name, acts]) => [name, [orders.delivered!, ...acts]])),
  'cancel-propose': [orders.delivered!, (p) => p.locator('main button').last().click()],
  'cancel-agree': [orders['cancel-asked']!, (p) => p.locator('[aria-labelledby=cancellation] button').nth(1).click()],
  'cancel-decline': [orders['cancel-asked']!, (p) => p.locator('[aria-labelledby=cancellation] button').nth(0).click()],
  'cancel-withdraw': [orders['cancel-own']!, (p) => p.locator('[aria-labelledby=cancellation] button').click()],
};

const only = process.env.SCREEN;
const keep = process.env.SCREENS !== undefined;
/** The looks that axe goes over: both themes, both languages, both sizes. */
const looked = ['en-light-1280x800', 'de-dark-900x600', 'de-dark-390x844'];

/** Every combination for the pictures; otherwise two that differ in everything. */
function looks(small: [number, number], large: [number, number]): Look[] {
  const look = (locale: Look['locale'], theme: Look['theme'], [width, height]: [number, number]) => ({
    locale,
    theme,
    width,
    height,
  });
  if (!keep) return [look('en-GB', 'light', large), look('de-DE', 'dark', small)];
  return [small, large].flatMap((size) =>
    (['en-GB', 'de-DE'] as const).flatMap((locale) =>
      (['light', 'dark'] as const).map((theme) => look(locale, theme, size)),
    ),
  );
}
const nameOf = (look: Look) => `${look.locale?.slice(0, 2)}-${look.theme}-${look.width}x${look.height}`;

let browser: Browser;
let served: Served;
beforeAll(async () => {
  browser = await launch();
  served = await serveWindow();
});
afterAll(async () => {
  await browser.close();
  await served.close();
});

async function shown(name: string, look: Look, go: (page: Page) => Promise<unknown>, acts: Act[]) {
  const { page, complaints, close } = await open(browser, look);
  try {
    await page.clock.setFixedTime(samples.NOW);
    await go(page);
    for (const act of acts) {
      await act(page);
      await page.waitForTimeout(60);
    }
    await page.waitForTimeout(80);
    if (keep) await picture(page, `screens/${name}/${nameOf(look)}`);
    const found = [...(await clipped(page)), ...complaints.filter((c) => !/40[14]/.test(c))];
    if (looked.includes(nameOf(look))) found.push(...(await violations(page)));
    return [...new Set(found)].map((fault) => `${nameOf(look)}: ${fault}`);
  } finally {
    await close();
  }
}

describe('the window', () => {
  const wide: Look = { locale: 'de-DE', theme: 'light', width: 1920, height: 1200 };
  for (const [name, [scenario, ...acts]] of Object.entries(windowScreens)) {
    it.runIf(!only || only === name)(name, async () => {
      const faults: string[] = [];
      for (const look of [...looks([900, 600], [1280, 800]), wide]) {
        const go = async (page: Page) => {
          await startFake(page, scenario);
          await page.goto(served.url);
          await page.locator('main, [role=alert]').first().waitFor();
        };
        faults.push(...(await shown(`window/${name}`, look, go, acts)));
      }
      expect(faults).toEqual([]);
    });
  }
});

describe('the buyer’s page', () => {
  for (const [name, [order, ...acts]] of Object.entries(reviewScreens)) {
    it.runIf(!only || only === name)(name, async () => {
      const server = await serveReview(order);
      const faults: string[] = [];
      for (const look of looks([390, 844], [1280, 800])) {
        const go = async (page: Page) => {
          await page.goto(`${server.url}/review/order/logo`);
          await page.locator('h1').waitFor();
        };
        server.order = order;
        server.views = viewLinks;
        faults.push(...(await shown(`review/${name}`, look, go, acts)));
      }
      await server.close();
      expect(faults).toEqual([]);
    });
  }
});
