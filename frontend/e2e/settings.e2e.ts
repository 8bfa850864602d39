import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import * as life from './fake/samples.life.ts';
import * as samples from './fake/samples.ts';
import * as set from './fake/samples.settings.ts';
import type { Call } from './fake/window.ts';
import * as seller from './flows/window.ts';
import { violations } from './harness/browser.ts';
import { seen, windowFlows } from './harness/flow.ts';

const flow = windowFlows();

const place = (page: Page) => page.getByTestId('folder-place').textContent();
const called = (page: Page, name: Call) => page.waitForFunction((wanted) => window.fake.calls.includes(wanted), name);
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);

describe('the first start', () => {
  const asked = { ...samples.signedIn, askFolder: true };

  flow(
    'goes on to the work folder after signing in',
    { state: { ...samples.signedOut, askFolder: true } },
    async (page) => {
      await seller.fillSignIn(page, {
        server: 'https://deliver.example.com',
        email: 'm@example.com',
        password: 'right',
      });
      await page.getByRole('heading', { name: 'Where do you keep your work?' }).waitFor();
      expect(await place(page)).toBe('/home/mara/Documents/Handover');
      await page.getByRole('button', { name: 'Use this folder' }).click();
      await page.getByRole('heading', { name: 'All orders' }).waitFor();
      expect(await page.evaluate(() => window.fake.scenario.folder?.enabled)).toBe(true);
    },
  );

  flow('takes another folder', { state: asked, pointed: '/srv/work' }, async (page) => {
    await page.getByRole('button', { name: 'Choose another folder' }).click();
    await page.getByTestId('folder-place').getByText('/srv/work').waitFor();
    await page.getByRole('button', { name: 'Use this folder' }).click();
    await page.getByRole('heading', { name: 'All orders' }).waitFor();
    expect(await page.evaluate(() => window.fake.scenario.folder?.folder)).toBe('/srv/work');
  });

  flow('does without, by keyboard alone', { state: asked }, async (page) => {
    await page.getByRole('heading', { name: 'Where do you keep your work?' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'All orders' }).waitFor();
    expect(await page.evaluate(() => window.fake.scenario.folder?.enabled)).toBe(false);
  });

  flow(
    'says why a folder cannot be used',
    { state: asked, refuse: { 'Folder.Enable': 'folder_read_only' } },
    async (page) => {
      await page.getByRole('button', { name: 'Use this folder' }).click();
      await seen(page, 'Handover cannot write there.');
      await page.getByRole('heading', { name: 'Where do you keep your work?' }).waitFor();
    },
  );
});

describe('the settings', () => {
  flow('open by Ctrl and comma, and close by Esc', {}, async (page) => {
    await page.getByRole('heading', { name: 'All orders' }).waitFor();
    await page.keyboard.press('Control+,');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    expect(await focused(page)).toBe('H1');
    await page.getByRole('navigation').getByRole('button', { name: 'Settings', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'All orders' }).waitFor();
  });

  flow('are reached by Tab, and used by keyboard alone', {}, async (page) => {
    await seller.show(page, 'Settings');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).focus();
    const met: string[] = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      met.push(
        await page.evaluate(
          () => document.activeElement?.closest('[data-section]')?.getAttribute('data-section') ?? '',
        ),
      );
    }
    expect([...new Set(met.filter((section) => section !== ''))]).toEqual([
      'account',
      'folder',
      'uploads',
      'news',
      'startup',
      'appearance',
      'about',
    ]);
  });

  for (const theme of ['light', 'dark'] as const)
    flow(
      `have nothing that axe finds in the ${theme} theme`,
      { folder: set.troubled, rules: '*.psd\n', transfers: life.transfers },
      async (page) => {
        await seller.show(page, 'Settings');
        await page.getByText('Always left out').click();
        await page.getByLabel('Rules, one per line').fill('[');
        await page.getByRole('button', { name: 'Save rules' }).click();
        await page.getByText('Line 1 can never match').waitFor();
        expect(await violations(page)).toEqual([]);
        await page.getByRole('button', { name: 'Change password' }).click();
        expect(await violations(page)).toEqual([]);
      },
      { theme },
    );
});

describe('the account', () => {
  flow('changes the password', {}, async (page) => {
    await seller.show(page, 'Settings');
    await seller.settings(page, 'Account and server').getByRole('button', { name: 'Change password' }).click();
    const dialog = page.getByRole('dialog');
    const fill = async (current: string, next: string, again: string) => {
      await dialog.getByLabel('Current password').fill(current);
      await dialog.getByLabel('New password', { exact: true }).fill(next);
      await dialog.getByLabel('Repeat the new password').fill(again);
      await seller.answer(page, 'Change password');
    };
    await fill('right', 'short', 'other');
    await dialog.getByText('The passwords do not match.').waitFor();
    await fill('wrong', 'a long password', 'a long password');
    await dialog.getByText('This is not your current password.').waitFor();
    await fill('right', 'a long password', 'a long password');
    await seen(page, 'Password changed');
    expect(await dialog.count()).toBe(0);
  });

  flow('chooses the language of e-mails', {}, async (page) => {
    await seller.show(page, 'Settings');
    await page.getByLabel('Language of e-mails to you').selectOption({ label: 'Deutsch' });
    await seen(page, 'Your e-mails now come in this language');
  });

  flow('signs out', {}, async (page) => {
    await seller.show(page, 'Settings');
    await seller.settings(page, 'Account and server').getByRole('button', { name: 'Sign out' }).click();
    await seller.answer(page, 'Sign out');
    await page.getByRole('heading', { name: 'Sign in to your server' }).waitFor();
  });

  flow('has no password in the trial', { state: samples.trial }, async (page) => {
    await seller.show(page, 'Settings');
    await page.getByText('The sample orders have no folders.').waitFor();
    expect(await page.getByRole('button', { name: 'Change password' }).count()).toBe(0);
    expect(
      await seller.settings(page, 'Account and server').getByRole('button', { name: 'End the trial' }).count(),
    ).toBe(1);
  });
});

describe('appearance', () => {
  flow('is light or dark as chosen, also after a new start', {}, async (page) => {
    const dark = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const before = await background();
    await seller.show(page, 'Settings');
    await page.getByLabel('Theme').selectOption({ label: 'Dark' });
    expect(await dark()).toBe('dark');
    await page.waitForFunction((color) => getComputedStyle(document.documentElement).backgroundColor !== color, before);
    await page.reload();
    await seller.show(page, 'Settings');
    expect(await dark()).toBe('dark');
    await page.getByLabel('Theme').selectOption({ label: 'System' });
    expect(await dark()).toBe('light dark');
    await page.waitForFunction((color) => getComputedStyle(document.documentElement).backgroundColor === color, before);
  });

  flow('speaks German at once, still after a new start, and as the system again', {}, async (page) => {
    await seller.speak(page, 'Deutsch');
    await page.getByRole('heading', { name: 'Alle Aufträge' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Alle Aufträge' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    await page.keyboard.press('Control+,');
    await page.getByLabel('Sprache', { exact: true }).selectOption({ label: 'System' });
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });
});

describe('uploads', () => {
  flow('are limited, also at times of the day', { transfers: life.transfers }, async (page) => {
    await seller.show(page, 'Transfers');
    await page.getByRole('button', { name: 'Speed' }).click();
    const uploads = seller.settings(page, 'Uploads');
    expect(await focused(page)).toBe('settings-uploads');
    const up = uploads.getByLabel('Total limit, in kB/s');
    expect(await up.inputValue()).toBe('25000');
    await up.fill('1,5');
    await uploads.getByRole('button', { name: 'Apply' }).click();
    await seen(page, 'Enter a whole number from 1');
    await up.fill('800');
    await uploads.getByLabel('Files at once').fill('2');
    await uploads.getByLabel('This network is metered').check();
    await uploads.getByRole('button', { name: 'Add a time' }).click();
    const time = uploads.getByRole('group', { name: 'Time 2' });
    await time.getByLabel('To').fill('09:00');
    await uploads.getByRole('button', { name: 'Apply' }).click();
    await seen(page, 'Enter two different times such as 09:00 and 18:00');
    await time.getByLabel('To').fill('18:00');
    await time.getByLabel('kB/s').fill('500');
    await uploads.getByRole('button', { name: 'Remove time 1' }).click();
    await uploads.getByRole('button', { name: 'Apply' }).click();
    await seen(page, 'New limits are in effect');
    expect(await page.evaluate(() => window.fake.scenario.transfers?.limits)).toEqual({
      ...{ up: 800_000, parallel: 2, yield: true, metered: true, pauseMetered: false },
      schedule: [{ from: '09:00', to: '18:00', up: 500_000 }],
    });
  });
});

describe('about', () => {
  flow('says the versions, and opens the logs', {}, async (page) => {
    await seller.show(page, 'Settings');
    const about = seller.settings(page, 'About');
    expect(await about.locator('dd').allTextContents()).toEqual([
      '0.1.0',
      '0.1.0',
      '/home/mara/.local/share/handover/logs',
    ]);
    await about.getByRole('button', { name: 'Open logs' }).click();
    await called(page, 'App.OpenLogs');
  });
});
