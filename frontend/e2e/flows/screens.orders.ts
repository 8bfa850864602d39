import type { Page } from 'playwright-core';
import * as files from '../fake/samples.import.ts';
import { many } from '../fake/samples.many.ts';
import * as samples from '../fake/samples.ts';
import type { Scenario } from '../fake/window.ts';
import type { Act } from './screens.ts';

function importing(page: Page) {
  return page.locator('main header button').nth(1).click();
}
function last(page: Page) {
  return page.locator('dialog button').last().click();
}
const opened =
  (id: string): Act =>
  (page) =>
    page.locator(`[data-order="${id}"]`).click();
const editing: Act = (page) => page.locator('main header').first().getByRole('button').nth(3).click();

/** The screens of the list, of importing and of editing. */
export const orderScreens = (base: Scenario): Record<string, [Scenario, ...Act[]]> => ({
  'orders-news': [
    { ...base, pages: [samples.unread(samples.revision, 2, 1), samples.unread(samples.reviewing, 1), ...many(300)] },
    (p) => p.locator('[data-trait=unread]').click(),
  ],
  'orders-many': [{ ...base, pages: many(300) }, (p) => p.keyboard.press('End')],
  import: [base, importing],
  'import-found': [{ ...base, imported: files.spring }, importing, last],
  'import-wrong': [{ ...base, imported: files.wrong }, importing, last],
  'import-placed': [{ ...base, imported: files.spring }, importing, last, last],
  'import-failed': [{ ...base, refuse: { 'Orders.ChooseImport': 'import_too_large' } }, importing, last],
  edit: [base, opened('logo'), editing],
  'edit-meanwhile': [
    base,
    opened('film'),
    editing,
    (p) => p.locator('textarea[name=notes]').fill('Mine.'),
    (p) =>
      p.evaluate((order) => window.fake.change('film', { order, version: 2 }), {
        ...{ ...samples.active.order, title: 'Image film, 60 seconds', dueAt: samples.at(99) },
      }),
    last,
  ],
});
