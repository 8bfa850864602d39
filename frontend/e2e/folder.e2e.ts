import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { packaged } from './fake/samples.packages.ts';
import * as samples from './fake/samples.ts';
import * as set from './fake/samples.settings.ts';
import type { Call } from './fake/window.ts';
import * as seller from './flows/window.ts';
import { violations } from './harness/browser.ts';
import { seen, windowFlows } from './harness/flow.ts';

const flow = windowFlows();

const called = (page: Page, name: Call) => page.waitForFunction((wanted) => window.fake.calls.includes(wanted), name);
const part = (page: Page) => seller.settings(page, 'Work folder');
const press = (page: Page, name: string) => part(page).getByRole('button', { name }).click();

describe('the work folder', () => {
  flow('is turned on, opened, and turned off', { pointed: '/srv/work' }, async (page) => {
    await seller.show(page, 'Settings');
    await part(page).getByText('Off', { exact: true }).waitFor();
    await press(page, 'Choose another folder');
    await part(page).getByText('/srv/work').waitFor();
    await press(page, 'Turn on');
    await part(page).getByText('On: drafts are kept in sync').waitFor();
    await page.getByRole('region', { name: 'Ignore rules' }).waitFor();
    await press(page, 'Open folder');
    await called(page, 'Folder.Open');
    await press(page, 'Turn off');
    await seen(page, 'Folders and drafts stay as they are.');
    await part(page).getByRole('button', { name: 'Turn on' }).waitFor();
  });

  flow(
    'says what another folder means for the drafts',
    { folder: { ...set.off, there: true }, pointed: '/srv' },
    async (page) => {
      await seller.show(page, 'Settings');
      await press(page, 'Choose another folder');
      await seen(page, 'files in the old one are removed from them');
    },
  );

  flow('asks before it takes a whole home folder', { folder: { ...set.off, folder: '/home/mara' } }, async (page) => {
    await seller.show(page, 'Settings');
    await press(page, 'Turn on');
    await seller.answer(page, 'Cancel');
    await part(page).getByText('Off', { exact: true }).waitFor();
    await press(page, 'Turn on');
    await seller.answer(page, 'Use it');
    await part(page).getByText('On: drafts are kept in sync').waitFor();
  });

  flow('is moved', { folder: set.on, pointed: '/media/archive' }, async (page) => {
    await seller.show(page, 'Settings');
    await press(page, 'Move');
    await seen(page, 'The work folder was moved');
    expect(await page.getByTestId('folder-place').textContent()).toBe('/media/archive');
  });

  flow(
    'stays when the move is stopped',
    { folder: set.on, pointed: '/media/archive', slowMove: true },
    async (page) => {
      await seller.show(page, 'Settings');
      await press(page, 'Move');
      await part(page).getByText('Moving to /media/archive').waitFor();
      expect(await part(page).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('24');
      await press(page, 'Cancel the move');
      await part(page).getByRole('button', { name: 'Move' }).waitFor();
      expect(await page.getByTestId('folder-place').textContent()).toBe(set.on.folder);
      expect(await page.getByRole('alert').count()).toBe(0);
    },
  );

  flow('says why it was not moved', { folder: set.on, refuse: { 'Folder.Move': 'folder_occupied' } }, async (page) => {
    await seller.show(page, 'Settings');
    await press(page, 'Move');
    await seen(page, 'The place is already in use');
  });

  flow('says what is wrong with it, and how to mend that', { folder: set.troubled }, async (page) => {
    await page.getByRole('button', { name: /^Settings .*work folder needs you/ }).click();
    await page.locator('[data-problem=watch_limit]').getByRole('button', { name: 'Copy the command' }).click();
    await seen(page, 'Command copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'sudo sysctl fs.inotify.max_user_watches=524288',
    );
    expect(await page.locator('[data-problem]').count()).toBe(6);
  });
});

describe('ignore rules', () => {
  flow('are changed, and what cannot match is named', { folder: set.on, rules: '*.psd\n' }, async (page) => {
    await seller.show(page, 'Settings');
    const rules = seller.settings(page, 'Ignore rules');
    const text = rules.getByLabel('Rules, one per line');
    await rules.getByRole('button', { name: 'Save rules' }).waitFor();
    expect(await rules.getByRole('button', { name: 'Save rules' }).isDisabled()).toBe(true);
    await text.fill('*.psd\n[ab\n');
    await rules.getByRole('button', { name: 'Save rules' }).click();
    await rules.getByText('Line 2 can never match: [ab').waitFor();
    await text.fill('*.psd\n*.ai\n');
    await rules.getByRole('button', { name: 'Save rules' }).click();
    await seen(page, 'Rules saved');
    expect(await page.evaluate(() => window.fake.scenario.rules)).toBe('*.psd\n*.ai\n');
  });

  flow('are not written over what another program wrote', { folder: set.on }, async (page) => {
    await seller.show(page, 'Settings');
    const rules = seller.settings(page, 'Ignore rules');
    await rules.getByLabel('Rules, one per line').fill('mine');
    await page.evaluate(() => (window.fake.scenario.rules = 'theirs'));
    await rules.getByRole('button', { name: 'Save rules' }).click();
    await rules.getByText('Another program has changed the rules').waitFor();
    await rules.getByRole('button', { name: 'Reload' }).click();
    await page.waitForFunction(() => document.querySelector('textarea')?.value === 'theirs');
  });
});

describe('the page of an order', () => {
  const files = [samples.file('film.mov', 1_000, { inFolder: true }), samples.file('poster.png', 1_000)];
  const filled = { ...samples.active, draft: { ...samples.active.draft, files, updatedAt: samples.at(0) } };
  const scenario = { pages: [filled], folder: set.on, orderFolders: { film: set.orderFolder } };

  flow('shows its folder, and what stays out', scenario, async (page) => {
    await seller.openOrder(page, filled.order.title);
    const folder = page.getByTestId('order-folder');
    await folder.getByText(set.orderFolder.dir).waitFor();
    await folder.getByText('7 items are not included').click();
    await folder.getByText('ignored by *.psd').waitFor();
    await folder.getByText('and 3 more').waitFor();
    await folder.getByRole('button', { name: 'Open folder' }).click();
    await called(page, 'Folder.Open');
    expect(await violations(page)).toEqual([]);
  });

  flow('takes out by hand only what was added by hand', scenario, async (page) => {
    await seller.openOrder(page, filled.order.title);
    await seller.file(page, 'film.mov').getByText('In the order’s folder.').waitFor();
    expect(await page.getByRole('button', { name: 'Remove film.mov' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Remove poster.png' }).click();
    await seller.file(page, 'poster.png').waitFor({ state: 'detached' });
  });

  const described = { ...filled, draft: { ...filled.draft, description: 'The film.' } };
  const { leftOut } = set.orderFolder;
  const ordinary = { ...set.orderFolder, leftOut: leftOut.filter(({ reason }) => reason !== 'download') };

  flow(
    'asks before it delivers without an incomplete download, which can be included',
    { ...scenario, pages: [described] },
    async (page) => {
      await seller.openOrder(page, filled.order.title);
      await seller.deliver(page);
      const dialog = page.getByRole('dialog', { name: 'Is this the finished work?' });
      await dialog.getByText('7 items are not included').waitFor();
      await dialog.getByText('an incomplete download').waitFor();
      expect(await violations(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Include film-en-4k.mov.part' }).click();
      await dialog.waitFor({ state: 'detached' });
      await seller.file(page, 'film-en-4k.mov.part').waitFor();
      expect(await page.evaluate(() => window.fake.calls)).not.toContain('Drafts.Deliver');
      await seller.deliver(page);
      await seller.delivered(page, 1);
    },
  );

  flow(
    'is delivered at once when only the usual stays out',
    { ...scenario, pages: [described], orderFolders: { film: ordinary } },
    async (page) => {
      await seller.openOrder(page, filled.order.title);
      await page.getByText('6 items are not included').waitFor();
      await seller.deliver(page);
      await seller.delivered(page, 1);
    },
  );

  flow(
    'is named where the seller is asked anyway',
    {
      ...scenario,
      pages: [described],
      orderFolders: { film: ordinary },
      findings: [{ code: 'empty_file', path: 'film.mov', hint: '' }],
    },
    async (page) => {
      await seller.openOrder(page, filled.order.title);
      await seller.deliver(page);
      const dialog = page.getByRole('dialog');
      await dialog.getByText('6 items are not included').click();
      await dialog.getByRole('button', { name: 'Include poster.psd' }).click();
      await dialog.getByText('5 items are not included').waitFor();
      await seller.answer(page, 'Deliver anyway');
      await seller.delivered(page, 1);
    },
  );

  flow('hears of what changes in the folder', scenario, async (page) => {
    await seller.openOrder(page, filled.order.title);
    await page.evaluate((dir) => {
      window.fake.scenario.orderFolders = { film: { dir, leftOut: [], more: 0 } };
      window.fake.emit('folder', 'film');
    }, set.orderFolder.dir);
    await page.getByText('are not included').waitFor({ state: 'detached' });
    await page.getByTestId('order-folder').waitFor();
  });
});

describe('a folder that a Mac shows as one thing', () => {
  const shown = (page: Page) =>
    page
      .locator('[data-path]')
      .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.path!.split('/').at(-1)));
  const paths = (page: Page) => page.evaluate(() => window.fake.page('film').draft.files.map(({ path }) => path));

  flow('is one row, with its size, its progress and its problem', { pages: [packaged] }, async (page) => {
    await seller.openOrder(page, packaged.order.title);
    await seller.file(page, 'Song.logicx').waitFor();
    expect(await shown(page)).toEqual(['Film.fcpbundle', 'Song.logicx', 'Preview.app', 'read me.txt', 'Notes.pdf']);
    const progress = seller.file(page, 'Song.logicx').getByRole('progressbar', { name: 'Upload of Song.logicx' });
    expect(await progress.getAttribute('aria-valuenow')).toBe('25');
    await seller.file(page, 'Preview.app').getByText('2 files, 8.2 MB').waitFor();
    await seller
      .file(page, 'Preview.app')
      .getByRole('img', { name: /^Package/ })
      .waitFor();
    const film = seller.file(page, 'Film.fcpbundle');
    await film.getByText('Interview mit Anna.mov: ').waitFor();
    await film.getByRole('button', { name: 'Try Film.fcpbundle again' }).click();
    await film.getByText('Interview mit Anna.mov').waitFor({ state: 'detached' });
    expect(await violations(page)).toEqual([]);
  });

  flow('is removed, put back and moved as one', { pages: [packaged] }, async (page) => {
    await seller.openOrder(page, packaged.order.title);
    await page.getByRole('button', { name: 'Remove Song.logicx' }).click();
    await seller.file(page, 'Song.logicx').waitFor({ state: 'detached' });
    expect((await paths(page)).filter((path) => path.startsWith('Song'))).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await seller.file(page, 'Song.logicx').waitFor();
    await page.getByRole('button', { name: 'Move Song.logicx', exact: true }).press('Home');
    await page.waitForFunction(() => window.fake.page('film').draft.arranged);
    expect(await shown(page)).toEqual(['Song.logicx', 'Film.fcpbundle', 'Preview.app', 'read me.txt', 'Notes.pdf']);
    expect((await paths(page)).slice(0, 3).every((path) => path.startsWith('Song.logicx/'))).toBe(true);
  });

  const [before] = samples.revision.deliveries;
  const was = (path: string) => ({ id: path, path, size: 1_204, sha256: 'ab'.repeat(32) });
  const revised = {
    ...packaged,
    deliveries: [{ ...before!, files: ['tools/Preview.app/Contents/PkgInfo', 'Old.key/a', 'Old.key/b'].map(was) }],
  };

  flow('is one change since the last delivery', { pages: [revised] }, async (page) => {
    await seller.openOrder(page, packaged.order.title);
    await seller.file(page, 'Preview.app').locator('[data-change=changed]').waitFor();
    await seller.file(page, 'Song.logicx').locator('[data-change=new]').waitFor();
    expect(await page.locator('[data-gone]').count()).toBe(1);
    await page.getByRole('button', { name: 'Reuse Old.key' }).click();
    await seller.file(page, 'Old.key').getByText('2 files').waitFor();
    expect(await paths(page)).not.toContain('tools/Preview.app/Contents/PkgInfo');
  });
});
