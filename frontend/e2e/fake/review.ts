import type { IncomingMessage, ServerResponse } from 'node:http';
import type { components } from '$lib/api/schema';
import { listen, send, type Served } from '../harness/serve.ts';
import { at } from './samples.ts';

export type Order = components['schemas']['Order'];

/** The policy that the real server sends with the page. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const DAY = 24;

export function sampleOrder(more: Partial<Order> = {}): Order {
  const files = [
    { id: 'f1', path: 'logo/variant-a.svg', size: 48_211, sha256: '1f'.repeat(32) },
    { id: 'f2', path: 'logo/variant-b.svg', size: 51_874, sha256: '2e'.repeat(32) },
    {
      id: 'f3',
      path: 'Übersicht und Anwendungsbeispiele für Briefpapier und Visitenkarten.pdf',
      size: 2_348_112,
      sha256: '3d'.repeat(32),
    },
    { id: 'f4', path: 'film/master-4k.mov', size: 4_120_000_000, sha256: '4c'.repeat(32) },
  ];
  const links = [
    { url: 'https://cloud.example.org/s/9f2k', label: 'Source files' },
    { url: 'https://fonts.example.com/a' },
  ];
  return {
    id: 'logo',
    title: 'Logo and brand colours',
    buyer: { name: 'Jonas Weidenfeller', email: 'jonas@example.org' },
    seller: 'Mara Lindqvist',
    price: { amount: '540.00', currency: 'EUR' },
    placed_at: at(-140),
    due_at: at(2),
    status: 'delivered',
    late: false,
    review_ends_at: at(71),
    completed_at: null,
    cancelled_at: null,
    payment: { status: 'pending', clears_at: null },
    deliveries: [
      { number: 1, delivered_at: at(-40), description: 'Three first variants.', files: files.slice(0, 1), links: [] },
      {
        number: 2,
        delivered_at: at(-1),
        description:
          'Revised as you asked:\n\n– more air between the letters\n– the blue of your guide\n\nPlease look at variant B first.',
        files,
        links,
      },
    ],
    cancellation: null,
    change_request: null,
    extension_days_left: 7,
    allowed: ['accept', 'request_changes', 'extend_review'],
    version: 3,
    server_time: at(0),
    ...more,
  };
}

const final = { review_ends_at: null, allowed: [], extension_days_left: 0 };
const message = 'A little more air between the letters.\nAnd please also as EPS.';

/** The states that a buyer can find an order in. */
export const orders: Record<string, Order> = {
  delivered: sampleOrder(),
  active: sampleOrder({ ...final, status: 'active', deliveries: [] }),
  'active-late': sampleOrder({ ...final, status: 'active', deliveries: [], late: true, due_at: at(-20) }),
  revision: sampleOrder({
    ...final,
    status: 'in_revision',
    change_request: { delivery: 2, requested_at: at(-0.5), message },
  }),
  accepted: sampleOrder({
    ...final,
    status: 'completed',
    completed_by: 'buyer',
    completed_at: at(-1),
    payment: { status: 'clearing', clears_at: at(14 * DAY) },
  }),
  elapsed: sampleOrder({
    ...final,
    status: 'completed',
    completed_by: 'review_period',
    completed_at: at(-20 * DAY),
    payment: { status: 'cleared', clears_at: at(-6 * DAY) },
  }),
  cancelled: sampleOrder({
    ...final,
    status: 'cancelled',
    cancelled_at: at(-3),
    payment: { status: 'void', clears_at: null },
  }),
  'last-hour': sampleOrder({ review_ends_at: at(0.4), extension_days_left: 0, allowed: ['accept', 'request_changes'] }),
  'no-files': sampleOrder({
    deliveries: [
      { number: 1, delivered_at: at(-1), description: 'The talk is booked for Friday.', files: [], links: [] },
    ],
  }),
};

export interface ReviewServer extends Served {
  order: Order | null;
  /** Answers are refused with this status until it is set back to 0. */
  failing: number;
  bodies: unknown[];
  /** Changes the order as somebody else would, and tells the page. */
  change(order: Partial<Order>): void;
}

/** Serves the built page and one order, as the real server does. */
export async function serveReview(order: Order | null): Promise<ReviewServer> {
  const streams = new Set<ServerResponse>();
  const tell = () => streams.forEach((stream) => stream.write('data: {}\n\n'));

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname.startsWith('/review/assets/')) return send(response, 'review', pathname.slice('/review/'.length));
    if (pathname.startsWith('/review/')) {
      response.setHeader('Content-Security-Policy', POLICY);
      return send(response, 'review', 'index.html');
    }
    if (self.failing) return response.writeHead(self.failing).end();
    const current = self.order;
    if (current === null) return problem(response, 404, 'not_found');
    if (pathname === '/api/v1/events') return follow(response);
    if (pathname.includes('/deliveries/')) return response.end('bytes of the file');
    if (request.method === 'POST') return answer(request, response, current, pathname.split('/').at(-1) ?? '');
    return json(response, 200, { ...current });
  }

  function follow(response: ServerResponse) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('event: ready\ndata: {}\n\n');
    streams.add(response);
    response.on('close', () => streams.delete(response));
  }

  async function answer(request: IncomingMessage, response: ServerResponse, current: Order, action: string) {
    const body = await bodyOf(request);
    self.bodies.push(body);
    const needs = { accept: 'accept', changes: 'request_changes', extension: 'extend_review' }[action] ?? '';
    if (!current.allowed.includes(needs)) return problem(response, 409, 'conflict');
    if (action === 'accept') self.order = { ...orders.accepted!, version: 4 };
    if (action === 'changes') {
      const request = { delivery: 2, requested_at: at(0), message: (body as { message: string }).message };
      self.order = { ...orders.revision!, change_request: request, version: 4 };
    }
    if (action === 'extension') {
      const days = (body as { days: number }).days;
      const ends = new Date(Date.parse(current.review_ends_at ?? '') + days * DAY * 3_600_000).toISOString();
      self.order = { ...current, review_ends_at: ends, extension_days_left: 7 - days, version: 4 };
    }
    json(response, 200, self.order);
    tell();
  }

  const self: ReviewServer = {
    ...(await listen(handle)),
    order,
    failing: 0,
    bodies: [],
    change: (more) => {
      if (self.order) self.order = { ...self.order, ...more, version: self.order.version + 1 };
      tell();
    },
  };
  return self;
}

function json(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, code: string) {
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify({ title: code, status, detail: code, code }));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? null : JSON.parse(text);
}
