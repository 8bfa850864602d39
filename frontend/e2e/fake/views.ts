// The view-only links of the fake server, and the screens that show them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { components } from '$lib/api/schema';
import type { Page } from 'playwright-core';
import { bodyOf, json } from './review.ts';
import { at } from './samples.ts';

export type ViewLink = components['schemas']['ViewLink'];

const viewLink = (number: number, name: string, hours: number, opened_at: string | null = null): ViewLink => ({
  number,
  name,
  made_at: at(hours),
  opened_at,
  url: `https://handover.example.org/review/look/${`${number}Qm9iIHdhcyBoZXJl`.repeat(3).slice(0, 43)}`,
});

/** View-only links that the buyer created earlier. */
export const viewLinks: ViewLink[] = [
  viewLink(1, 'Ada Okonkwo', -30, at(-2)),
  viewLink(3, 'Friederike von der Heide-Steinhauer, Öffentlichkeitsarbeit', -5),
];

/** Answers the buyer's requests for the links, like the real server. */
export async function answerViews(
  server: { views: ViewLink[]; bodies: unknown[] },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'POST') {
    const body = (await bodyOf(request)) as { name: string };
    server.bodies.push(body);
    const number = Math.max(0, ...server.views.map((link) => link.number)) + 1;
    server.views = [...server.views, viewLink(number, body.name, 0)];
  }
  if (request.method === 'DELETE')
    server.views = server.views.filter(({ number }) => number !== Number(request.url?.split('/').at(-1)));
  json(response, request.method === 'POST' ? 201 : 200, { links: server.views, most: 20 });
}

type Act = (page: Page) => Promise<unknown>;

const sharing: Act = async (page) => {
  await page.locator('[aria-labelledby=decide] + button').click();
  await page.getByTestId('view-links').waitFor();
};

/** The steps to each screen of the dialog. */
export const shareScreens: Record<string, Act[]> = {
  share: [sharing],
  'share-missing': [sharing, (p) => p.locator('dialog form button').click()],
  'share-made': [
    sharing,
    (p) => p.locator('dialog input').fill('Zoë'),
    (p) => p.locator('dialog form button').click(),
    (p) => p.locator('dialog li').nth(2).waitFor(),
  ],
  'share-end': [sharing, (p) => p.locator('dialog li button').last().click()],
};
