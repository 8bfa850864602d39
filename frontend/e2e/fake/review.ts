import type { IncomingMessage, ServerResponse } from 'node:http';
import type { components } from '$lib/api/schema';
import { listen, send, type Served } from '../harness/serve.ts';
import { asked, CommentShelf } from './comments.ts';
import { contentOf, type Contents } from './content.ts';
import { at } from './samples.ts';
import { answerViews, viewLinks, type ViewLink } from './views.ts';

export type Order = components['schemas']['Order'];
export type OrderEvent = components['schemas']['Event'];

/** The content security policy that the real server sends with the page. */
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
    { id: 'f5', path: 'logo/on blue.png', size: 182_004, sha256: '5b'.repeat(32), type: 'image/png' },
    { id: 'f6', path: 'logo/read me.txt', size: 612_000, sha256: '6a'.repeat(32), type: 'text/plain; charset=utf-8' },
    { id: 'f7', path: 'film/jingle.wav', size: 8_044, sha256: '79'.repeat(32), type: 'audio/wav' },
    { id: 'f8', path: 'film/broken.mp4', size: 9_000, sha256: '88'.repeat(32), type: 'video/mp4' },
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
    allowed: ['accept', 'request_changes', 'extend_review', 'propose_cancellation', 'write_message', 'write_comment'],
    version: 3,
    server_time: at(0),
    ...more,
  };
}

const final: Partial<Order> = { review_ends_at: null, allowed: ['write_message'], extension_days_left: 0 };
const message = 'A little more air between the letters.\nAnd please also as EPS.';

function proposedBy(party: 'seller' | 'buyer', message: string): Partial<Order> {
  return { cancellation: { proposed_by: party, proposed_at: at(-2), lapses_at: at(70), message } };
}

/** The order as a viewer sees it. */
function lookedAt(more: Partial<Order>): Order {
  return sampleOrder({
    buyer: { name: 'Jonas Weidenfeller', email: '' },
    price: { amount: '', currency: '' },
    payment: { clears_at: null },
    review_ends_at: null,
    extension_days_left: 0,
    allowed: [],
    viewer: 'Ada Okonkwo',
    ...more,
  });
}

/** The events of an order with two deliveries. */
export const happened: OrderEvent[] = [
  entry(1, 'order_placed', 'seller', -140),
  entry(2, 'message_written', 'seller', -120, { message: 'Hello Jonas, which blue is yours?' }),
  entry(3, 'message_written', 'buyer', -119, { message: 'The one of our guide, page 4:\nhttps://example.org/guide' }),
  entry(5, 'order_changed', 'seller', -80, {
    changed: ['title', 'due_at'],
    title: 'Logo and brand colours',
    due_at: at(2),
  }),
  entry(8, 'work_delivered', 'seller', -40, { delivery: 1 }),
  entry(9, 'changes_requested', 'buyer', -30, { delivery: 1, message: 'A little more air between the letters.' }),
  entry(10, 'cancellation_proposed', 'seller', -20),
  entry(11, 'cancellation_withdrawn', 'seller', -19),
  entry(12, 'work_delivered', 'seller', -1, { delivery: 2 }),
  entry(13, 'review_extended', 'buyer', -0.5, { days: 2, review_ends_at: at(71) }),
  entry(14, 'something_new', 'seller', -0.4),
];

function entry(seq: number, type: string, by: string, hours: number, more: Partial<OrderEvent> = {}): OrderEvent {
  // Includes an event type of a later server.
  return {
    seq,
    order: 'logo',
    seller: 'mara',
    type: type as OrderEvent['type'],
    by,
    at: at(hours),
    status: 'delivered',
    ...more,
  };
}

/** An order with packages: folders that a Mac shows as one file. */
export const packaged = sampleOrder({
  deliveries: [
    {
      number: 1,
      delivered_at: at(-1),
      description: 'The song with its project, and a small player.',
      files: [
        { id: 'p1', path: 'Song.logicx/Alternatives/000/ProjectData', size: 2_348_112, sha256: '1f'.repeat(32) },
        { id: 'p2', path: 'Song.logicx/Media/Vocals.aif', size: 212_000_000, sha256: '2e'.repeat(32) },
        { id: 'p3', path: 'Song.logicx/Media/Cover.png', size: 182_004, sha256: '3d'.repeat(32), type: 'image/png' },
        { id: 'p4', path: 'tools/Preview.app/Contents/Info.plist', size: 1_204, sha256: '4c'.repeat(32) },
        { id: 'p5', path: 'tools/Preview.app/Contents/MacOS/Preview', size: 8_204_118, sha256: '5b'.repeat(32) },
        { id: 'p6', path: 'tools/read me.txt', size: 2_018, sha256: '6a'.repeat(32), type: 'text/plain' },
      ],
      links: [],
    },
  ],
});

/** The states of an order that a buyer can see. */
export const orders: Record<string, Order> = {
  delivered: sampleOrder(),
  commented: sampleOrder(),
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
    allowed: [],
    payment: { status: 'void', clears_at: null },
  }),
  looking: lookedAt({}),
  'looking-early': lookedAt({ status: 'active', deliveries: [] }),
  'looking-late': lookedAt({ status: 'completed', completed_at: at(-1), completed_by: 'buyer' }),
  'cancel-asked': sampleOrder({
    ...proposedBy('seller', 'My computer has died, and with it the drafts.\nI am very sorry.'),
    allowed: [
      'accept',
      'request_changes',
      'extend_review',
      'agree_cancellation',
      'decline_cancellation',
      'write_message',
    ],
  }),
  'cancel-own': sampleOrder({
    ...proposedBy('buyer', ''),
    allowed: ['accept', 'request_changes', 'extend_review', 'withdraw_cancellation', 'write_message'],
  }),
  'last-hour': sampleOrder({
    review_ends_at: at(0.4),
    extension_days_left: 0,
    allowed: ['accept', 'request_changes', 'write_message'],
  }),
  'no-files': sampleOrder({
    deliveries: [
      { number: 1, delivered_at: at(-1), description: 'The talk is booked for Friday.', files: [], links: [] },
    ],
  }),
};

export interface ReviewServer extends Served {
  order: Order | null;
  /** The status with which answers are refused; 0 accepts them. */
  failing: number;
  bodies: unknown[];
  /** File contents by id; other files get sample content of their type. */
  contents: Contents;
  comments: CommentShelf;
  events: OrderEvent[];
  views: ViewLink[];
  /** Resets the server and serves this order. */
  begin(order: Order | null): void;
  /** Adds a message from the seller and notifies the page. */
  say(message: string): void;
  /** Ends the streams of events, as a proxy does. */
  drop(): void;
  /** Changes the order as another party and notifies the page. */
  change(order: Partial<Order>): void;
}

/** The initial state of a server. */
const begun = (order: Order | null) => ({
  order,
  failing: 0,
  bodies: [],
  contents: {},
  comments: new CommentShelf(order === orders.commented ? asked : []),
  events: happened,
  views: viewLinks,
});

/** Serves the built page and one order, like the real server. */
export async function serveReview(order: Order | null): Promise<ReviewServer> {
  const streams = new Set<ServerResponse>();
  const tell = () => streams.forEach((stream) => stream.write('data: {}\n\n'));

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname.startsWith('/review/')) response.setHeader('Content-Security-Policy', POLICY);
    if (pathname.startsWith('/review/assets/')) return send(response, 'review', pathname.slice('/review/'.length));
    if (pathname.startsWith('/review/')) {
      return send(response, 'review', 'index.html');
    }
    if (self.failing) return response.writeHead(self.failing).end();
    const current = self.order;
    if (current === null) return problem(response, 404, 'not_found');
    if (pathname === '/api/v1/events') return follow(response);
    if (pathname === '/api/v1/server') return json(response, 200, { clearing_period: '336h0m0s' });
    if (await self.comments.answer(request, response, current, () => bodyOf(request))) return;
    if (pathname.includes('/deliveries/')) return contentOf(request, response, current, self.contents);
    if (request.method === 'GET' && pathname.endsWith('/events')) {
      const after = Number(searchParams.get('after'));
      return json(response, 200, { events: self.events.filter(({ seq }) => seq > after) });
    }
    if (pathname.includes('/view-links')) return answerViews(self, request, response);
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
    const body = (await bodyOf(request)) as Body | null;
    self.bodies.push(body);
    const [needs, change] = answers[action] ?? [];
    if (!needs || !change || !current.allowed.includes(needs)) return problem(response, 409, 'conflict');
    if (action === 'messages') written('buyer', body?.message ?? '');
    self.comments.send(body?.points ?? []);
    self.order = { ...change(current, body ?? {}), version: current.version + 1 };
    json(response, 200, self.order);
    tell();
  }

  function written(by: string, message: string) {
    const seq = (self.events.at(-1)?.seq ?? 0) + 1;
    self.events = [...self.events, entry(seq, 'message_written', by, 0, { message })];
  }

  const self: ReviewServer = {
    ...(await listen(handle)),
    ...begun(order),
    begin: (order) => void Object.assign(self, begun(order)),
    say: (message) => {
      written('seller', message);
      self.change({});
    },
    drop: () => streams.forEach((stream) => stream.destroy()),
    change: (more) => {
      if (self.order) self.order = { ...self.order, ...more, version: self.order.version + 1 };
      tell();
    },
  };
  return self;
}

interface Body {
  message?: string;
  points?: string[];
  days?: number;
}
type Change = (order: Order, body: Body) => Order;

/** The precondition of each action, and its effect on the order. */
const answers: Record<string, [Order['allowed'][number], Change]> = {
  accept: ['accept', () => orders.accepted!],
  changes: [
    'request_changes',
    (_, { message = '' }) => ({ ...orders.revision!, change_request: { delivery: 2, requested_at: at(0), message } }),
  ],
  extension: [
    'extend_review',
    (order, { days = 0 }) => {
      const ends = new Date(Date.parse(order.review_ends_at ?? '') + days * DAY * 3_600_000).toISOString();
      return { ...order, review_ends_at: ends, extension_days_left: 7 - days };
    },
  ],
  messages: ['write_message', (order) => order],
  cancellation: [
    'propose_cancellation',
    (_, { message = '' }) => ({ ...orders['cancel-own']!, ...proposedBy('buyer', message) }),
  ],
  agree: ['agree_cancellation', () => orders.cancelled!],
  decline: ['decline_cancellation', () => orders.delivered!],
  withdraw: ['withdraw_cancellation', () => orders.delivered!],
};

export function json(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, code: string) {
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify({ title: code, status, detail: code, code }));
}

export async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? null : JSON.parse(text);
}
