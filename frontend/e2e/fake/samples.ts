import type { Action, Delivery, Draft, DraftFile, OrderPage, OrderRow, State } from '$lib/api/views';

/** The time at which the screens are shown. */
export const NOW = Date.parse('2026-11-24T14:20:00Z');

const HOUR = 3_600_000;
export const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

export const signedOut: State = {
  signedIn: false,
  trial: false,
  server: '',
  name: '',
  email: '',
  online: false,
  intercepted: '',
  asOf: '',
  maxFileSize: 0,
  version: '0.1.0',
  askFolder: false,
  recovery: { kind: '', asOf: '', setAside: '' },
};

export const signedIn: State = {
  ...signedOut,
  signedIn: true,
  server: 'https://deliver.example.com',
  name: 'Mara Lindqvist',
  email: 'mara@example.com',
  online: true,
  asOf: at(0),
  maxFileSize: 5_000_000_000,
};

export const trial: State = { ...signedIn, trial: true, server: 'http://127.0.0.1:40111', name: 'Alex Sample' };
export const restored: State = {
  ...signedIn,
  recovery: {
    kind: 'copy',
    asOf: at(-0.2),
    setAside: '/home/mara/.local/share/handover/handover.db.damaged-20261124T141200Z',
  },
};
export const anew: State = { ...signedOut, recovery: { ...restored.recovery, kind: 'anew', asOf: '' } };
export const offline: State = { ...signedIn, online: false, asOf: at(-1.4) };

const row: OrderRow = {
  id: '',
  title: '',
  buyer: '',
  status: 'active',
  late: false,
  dueAt: at(48),
  reviewEndsAt: '',
  completedAt: '',
  completedBy: '',
  cancelledAt: '',
  price: '120.00',
  currency: 'EUR',
  payment: 'pending',
  clearsAt: '',
  deliveries: 0,
  cancellationBy: '',
  canDeliver: true,
  hasDraft: false,
  unread: 0,
  unreadMessages: 0,
};

const none = { code: '', message: '' };

export function emptyDraft(order: string): Draft {
  return {
    order,
    description: '',
    files: [],
    links: [],
    done: [],
    updatedAt: '',
    delivering: false,
    revision: 0,
    progress: { sent: 0, total: 0, rate: 0, seconds: -1 },
    notice: none,
    arranged: false,
  };
}

export function file(path: string, size: number, more: Partial<DraftFile> = {}): DraftFile {
  const source = `/home/mara/work/${path}`;
  return {
    path,
    source,
    size,
    sent: size,
    state: 'verified',
    sha256: '',
    taken: false,
    problem: none,
    inFolder: false,
    ...more,
  };
}

const sha = (seed: string) => (seed.repeat(64) + 'c0ffee').slice(-64).replace(/[^0-9a-f]/g, 'a');

const first: Delivery = {
  number: 1,
  deliveredAt: at(-30),
  description: 'Three logo drafts as SVG and PDF.\n\nPlease look at variant B first; its colours follow your guide.',
  files: [
    { id: 'f1', path: 'logo/variant-a.svg', size: 48_211, sha256: sha('1f') },
    { id: 'f2', path: 'logo/variant-b.svg', size: 51_874, sha256: sha('2e') },
    { id: 'f3', path: 'overview.pdf', size: 2_348_112, sha256: sha('3d') },
  ],
  links: [{ url: 'https://cloud.example.org/s/9f2k', label: 'Source files' }],
  arranged: false,
  openedAt: at(-29),
  downloadedAt: at(-28.4),
};

const second: Delivery = {
  ...first,
  number: 2,
  deliveredAt: at(-1),
  description: 'Revised as you asked: colours and kerning.',
  openedAt: '',
  downloadedAt: '',
};

function allowed({ status, canDeliver }: OrderRow): Action[] {
  if (status === 'cancelled') return [];
  if (status === 'completed') return ['write_message'];
  return [...(canDeliver ? (['deliver'] as const) : []), 'propose_cancellation', 'write_message', 'change_order'];
}

function page(order: Partial<OrderRow>, more: Partial<OrderPage> = {}): OrderPage {
  const full = { ...row, ...order };
  const draft = more.draft ?? emptyDraft(full.id);
  return {
    order: { ...full, deliveries: more.deliveries?.length ?? 0, hasDraft: draft.updatedAt !== '' },
    placedAt: at(-140),
    buyerEmail: `${full.buyer.split(' ')[0]?.toLowerCase()}@example.org`,
    changeRequest: '',
    points: [],
    deliveries: [],
    draft,
    asOf: at(0),
    offline: false,
    allowed: allowed(full),
    cancellation: { by: '', proposedAt: '', lapsesAt: '', message: '' },
    notes: '',
    version: 1,
    ...more,
  };
}

export const active = page({
  id: 'film',
  title: 'Image film, 90 seconds, with German and English subtitles',
  buyer: 'Anna Bergmann',
  dueAt: at(5.4),
  price: '2400.00',
});
export const late = page({
  id: 'photos',
  title: 'Product photos for the spring catalogue',
  buyer: 'Kontor Nord GmbH',
  dueAt: at(-26.2),
  late: true,
  price: '860.00',
});
export const revision = page(
  {
    id: 'logo',
    title: 'Logo and brand colours',
    buyer: 'Jonas Weidenfeller',
    status: 'in_revision',
    dueAt: at(60),
    price: '540.00',
  },
  {
    deliveries: [first],
    changeRequest:
      'Variant B is it!\n\n– a little more air between the letters\n– the blue as in our brand guide (page 4)\n– please also as EPS',
  },
);
export const reviewing = page(
  {
    id: 'score',
    title: 'Score for a short film',
    buyer: 'Studio Möwe',
    status: 'delivered',
    dueAt: at(20),
    reviewEndsAt: at(71),
    price: '1150.00',
  },
  { deliveries: [second, first] },
);
export const completed = page(
  {
    id: 'website',
    title: 'Website texts, 12 pages',
    buyer: 'Elif Yıldız',
    status: 'completed',
    dueAt: at(-90),
    completedAt: at(-20),
    completedBy: 'buyer',
    payment: 'clearing',
    clearsAt: at(316),
    canDeliver: false,
    price: '980.00',
  },
  { deliveries: [first] },
);
export const cancelled = page({
  id: 'poster',
  title: 'Poster A1',
  buyer: 'Verein Lichtspiel',
  status: 'cancelled',
  dueAt: at(-300),
  cancelledAt: at(-280),
  payment: 'void',
  canDeliver: false,
  price: '',
});

const files = [
  file('film/master/film-de-4k.mov', 4_120_000_000, { state: 'uploading', sent: 2_470_000_000 }),
  file('film/master/film-en-4k.mov', 4_118_000_000, { state: 'queued', sent: 0 }),
  file('film/subtitles/de.srt', 18_204),
  file('film/subtitles/en.srt', 17_911),
  file('film/poster.png', 3_402_118, { state: 'settling', sent: 0 }),
  file('sound-mix.wav', 212_000_000, {
    state: 'problem',
    sent: 0,
    problem: { code: 'file_unreadable', message: 'permission denied' },
  }),
];

const uploadingDraft: Draft = {
  ...emptyDraft('film'),
  files,
  links: [{ url: 'https://cloud.example.org/s/raw', label: 'Raw material' }],
  description:
    'The film in 4K, in German and English, with subtitles as SRT.\nPlease look at the English version first.',
  updatedAt: at(-0.2),
  progress: { sent: 2_470_036_115, total: 8_453_438_233, rate: 24_800_000, seconds: 241 },
};

export const uploading: OrderPage = { ...active, order: { ...active.order, hasDraft: true }, draft: uploadingDraft };
export const delivering: OrderPage = {
  ...uploading,
  draft: { ...uploadingDraft, files: files.slice(0, 4), delivering: true },
};
export const ready: OrderPage = {
  ...uploading,
  draft: {
    ...uploadingDraft,
    files: files.slice(2, 4).concat(file('film/film-de-draft.mov', 880_000_000)),
    progress: { sent: 880_036_115, total: 880_036_115, rate: 0, seconds: 0 },
  },
};

export function unread(page: OrderPage, all: number, messages = 0): OrderPage {
  return { ...page, order: { ...page.order, unread: all, unreadMessages: messages } };
}
/** In revision, with a draft that has unchanged, changed, new and left-out files. */
export const revising: OrderPage = {
  ...revision,
  order: { ...revision.order, hasDraft: true },
  draft: {
    ...emptyDraft('logo'),
    files: [
      file('logo/colours.png', 182_344, { sha256: sha('4c') }),
      file('logo/variant-b.eps', 402_118, { sha256: sha('5b') }),
      file('logo/variant-b.svg', 52_010, { sha256: sha('6a') }),
      file('overview.pdf', 2_348_112, { sha256: sha('3d'), source: '', taken: true }),
    ],
    description: 'More air between the letters, the blue of your guide, and EPS as well.',
    updatedAt: at(-0.1),
    progress: { sent: 2_984_584, total: 2_984_584, rate: 0, seconds: 0 },
  },
};
export const withdrawn: OrderPage = {
  ...revising,
  draft: { ...revising.draft, notice: { code: 'changed_since', message: 'not delivered' } },
};

export const allPages: OrderPage[] = [late, active, revision, reviewing, completed, cancelled];
