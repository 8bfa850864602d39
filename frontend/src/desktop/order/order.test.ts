import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { Draft, DraftFile, Finding, LeftOutReason, OrderFolder, OrderPage } from '$lib/api/views';
import { OrderDesk } from './desk.svelte';
import { Description } from './draft/description.svelte';
import { flippedBy, rows } from '$lib/order/tree';

const file = (path: string, size = 1): DraftFile => ({
  path,
  source: path,
  size,
  sent: size,
  state: 'verified',
  sha256: '',
  taken: false,
  problem: { code: '', message: '' },
  inFolder: false,
});
const draftOf = (more: Partial<Draft> = {}): Draft => ({
  order: 'o',
  description: '',
  files: [],
  links: [],
  done: [],
  updatedAt: '',
  revision: 0,
  delivering: false,
  progress: { sent: 0, total: 0, rate: 0, seconds: -1 },
  notice: { code: '', message: '' },
  arranged: false,
  ...more,
});
const pageOf = (draft: Draft, deliveries = 0): OrderPage => ({
  order: {
    id: 'o',
    title: 't',
    buyer: 'b',
    status: deliveries ? 'delivered' : 'active',
    late: false,
    dueAt: '',
    reviewEndsAt: '2026-11-27T14:20:00Z',
    completedAt: '',
    completedBy: '',
    cancelledAt: '',
    price: '',
    currency: '',
    payment: 'pending',
    clearsAt: '',
    deliveries,
    cancellationBy: '',
    canDeliver: true,
    hasDraft: false,
    unread: 0,
    unreadMessages: 0,
  },
  placedAt: '',
  buyerEmail: '',
  changeRequest: '',
  points: [],
  draft,
  asOf: '',
  offline: false,
  allowed: [],
  cancellation: { by: '', proposedAt: '', lapsesAt: '', message: '' },
  notes: '',
  version: 1,
  deliveries: Array.from({ length: deliveries }, (_, i) => ({
    number: deliveries - i,
    deliveredAt: '',
    description: '',
    files: [],
    links: [],
    arranged: false,
    openedAt: '',
    downloadedAt: '',
  })),
});

type Method = { [T in keyof Bound]: keyof Bound[T] }[keyof Bound];
type Answers = Partial<Record<Method, (...args: never[]) => unknown>>;

function setUp(draft: Draft, answers: Answers = {}) {
  const calls: string[] = [];
  const defaults: Answers = {
    Order: () => pageOf(draft),
    Describe: (_: string, text: string) => ({ ...draft, description: text }),
    Preflight: () => [],
    Deliver: () => pageOf(draftOf(), 1),
    CancelDeliver: () => draft,
    ...answers,
  };
  const methods = new Proxy({} as Bound['Orders'] & Bound['Drafts'] & Bound['Folder'], {
    get:
      (_, name: Method) =>
      async (...args: never[]) => {
        calls.push([name, ...args.slice(1)].join(' '));
        return defaults[name]?.(...args);
      },
  });
  const desk = new OrderDesk('o', { Orders: methods, Drafts: methods, Folder: methods });
  const failures: string[] = [];
  desk.onfailure = (failure) => failures.push(failure.code);
  return { desk, calls, failures };
}

const refuse = (code: string) => () => Promise.reject(new Failure(code, ''));
const full = draftOf({ description: 'done', files: [file('a')], updatedAt: 'x' });

it('asks for a new small picture when the content of a file is another', async () => {
  const { desk, calls } = setUp(full);
  for (const sha256 of ['1', '1', '2']) await desk.thumbnail({ ...file('a.png'), sha256 });
  expect(calls).toEqual(['Thumbnail a.png', 'Thumbnail a.png']);
});

describe('delivering', () => {
  it('goes straight through when nothing is to be asked', async () => {
    const { desk, calls } = setUp(full);
    await desk.load();
    expect(await desk.deliver.press()).toBe(true);
    expect(calls).toEqual(['Order', 'Preflight', 'Deliver false']);
    expect(desk.success?.delivery.number).toBe(1);
    expect([desk.deliver.phase, desk.deliver.pending, desk.accepts]).toEqual(['idle', false, false]);
  });

  it('needs a description first', async () => {
    const { desk, calls } = setUp(draftOf({ files: [file('a')] }));
    await desk.load();
    expect(await desk.deliver.press()).toBe(false);
    expect(desk.deliver.fault).toBe('missing');
    desk.description.text = 'x'.repeat(2_501);
    expect(await desk.deliver.press()).toBe(false);
    expect(desk.deliver.fault).toBe('too_long');
    desk.description.text = 'fine';
    expect(desk.deliver.fault).toBe(null);
    expect(calls).toEqual(['Order']);
  });

  it('saves what was typed before it asks the program', async () => {
    const { desk, calls } = setUp(full);
    await desk.load();
    desk.description.text = 'better';
    await desk.deliver.press();
    expect(calls).toEqual(['Order', 'Describe better', 'Preflight', 'Deliver false']);
  });

  it('asks before it delivers without files, and only then', async () => {
    const { desk, calls } = setUp(draftOf({ description: 'done' }));
    await desk.load();
    await desk.deliver.press();
    expect(desk.deliver.phase).toBe('confirm_no_files');
    desk.deliver.dismiss();
    expect(desk.deliver.phase).toBe('idle');
    await desk.deliver.press();
    await desk.deliver.confirm();
    expect(calls).toEqual(['Order', 'Deliver true']);
  });

  it('asks also when only the program saw that nothing is there', async () => {
    let first = true;
    const { desk, calls } = setUp(full, {
      Deliver: () => (first ? ((first = false), refuse('no_files')()) : pageOf(draftOf(), 1)),
    });
    await desk.load();
    await desk.deliver.press();
    expect(desk.deliver.phase).toBe('confirm_no_files');
    await desk.deliver.confirm();
    expect(calls.slice(-1)).toEqual(['Deliver true']);
  });

  it('shows what looks unfinished, and the seller decides', async () => {
    const findings: Finding[] = [{ code: 'unfinished_name', path: 'a', hint: 'draft' }];
    const { desk, calls } = setUp(full, { Preflight: () => findings });
    await desk.load();
    await desk.deliver.press();
    expect([desk.deliver.phase, desk.deliver.findings]).toEqual(['confirm_findings', findings]);
    await desk.deliver.confirm();
    expect(calls).toEqual(['Order', 'Preflight', 'Deliver false']);
  });

  const leftOut = (...reasons: LeftOutReason[]): OrderFolder => ({
    dir: '/o',
    leftOut: reasons.map((reason) => ({ path: reason, reason, detail: '', folder: false, files: 0, source: reason })),
    more: 0,
  });

  it('asks when something is left out that nobody expects, and only then', async () => {
    let folder = leftOut('working', 'secret', 'rule', 'unfinished', 'hidden', 'link');
    const { desk, calls } = setUp(full, { OfOrder: () => folder });
    await desk.load();
    await desk.folder.load();
    await desk.deliver.press();
    expect(calls.at(-1)).toBe('Deliver false');
    for (const reason of ['conflict', 'download'] as const) {
      folder = leftOut('working', reason);
      const { desk, calls } = setUp(full, { OfOrder: () => folder });
      await desk.load();
      await desk.folder.load();
      await desk.deliver.press();
      expect([desk.deliver.phase, calls.at(-1)]).toEqual(['confirm_findings', 'Preflight']);
      expect(desk.deliver.leftOut.map((one) => one.reason)).toEqual([reason, 'working']);
    }
  });

  it('includes what was left out, checks again and does not deliver by itself', async () => {
    let folder = leftOut('conflict', 'working');
    let findings: Finding[] = [{ code: 'empty_file', path: 'conflict', hint: '' }];
    const { desk, calls } = setUp(full, {
      OfOrder: () => folder,
      Preflight: () => findings,
      TakeLeftOut: () => ((folder = leftOut('working')), { draft: full, refused: [] }),
    });
    await desk.load();
    await desk.folder.load();
    await desk.deliver.press();
    const including = desk.deliver.include('conflict');
    await desk.deliver.confirm(); // pressed too early
    await including;
    expect([desk.deliver.phase, desk.deliver.findings, desk.deliver.including]).toEqual([
      'confirm_findings',
      findings,
      false,
    ]);
    findings = [];
    await desk.deliver.include('working');
    expect(desk.deliver.phase).toBe('idle');
    expect(calls.filter((call) => /^(TakeLeftOut|Preflight|Deliver)/.test(call))).toEqual([
      ...['Preflight', 'TakeLeftOut conflict', 'Preflight', 'TakeLeftOut working', 'Preflight'],
    ]);
  });

  it('still asks whether to deliver without files when nothing could be included', async () => {
    const draft = draftOf({ description: 'done' });
    const { desk } = setUp(draft, {
      OfOrder: () => leftOut('working'),
      TakeLeftOut: () => ({ draft, refused: [] }),
    });
    await desk.load();
    await desk.folder.load();
    await desk.deliver.press();
    await desk.deliver.include('working');
    expect(desk.deliver.phase).toBe('confirm_no_files');
  });

  it('says what went wrong and can be tried again', async () => {
    const { desk, failures } = setUp(full, { Deliver: refuse('upload_missing') });
    await desk.load();
    await desk.deliver.press();
    expect([failures, desk.deliver.phase]).toEqual([['upload_missing'], 'idle']);
  });

  it('can be given up while uploads run, without a complaint', async () => {
    let fail: (reason: Failure) => void = () => {};
    const waits = new Promise<OrderPage>((_, reject) => (fail = reject));
    const { desk, failures } = setUp(full, {
      Deliver: () => waits,
      CancelDeliver: () => (fail(new Failure('cancelled', '')), full),
    });
    await desk.load();
    const pressed = desk.deliver.press();
    await vi.waitFor(() => expect(desk.deliver.pending).toBe(true));
    expect(desk.accepts).toBe(false);
    expect(await desk.deliver.cancel()).toBe(true);
    await pressed;
    expect([failures, desk.deliver.pending, desk.success]).toEqual([[], false, null]);
  });

  it('is seen to end when an earlier start of the page began it', async () => {
    let page = pageOf({ ...full, delivering: true });
    const { desk } = setUp(full, { Order: () => page });
    await desk.load();
    expect(desk.deliver.pending).toBe(true);
    page = pageOf(draftOf(), 1);
    await desk.load();
    expect([desk.deliver.pending, desk.success?.delivery.number]).toEqual([false, 1]);
  });
});

describe('the desk', () => {
  it('says that work was delivered until the buyer answers', async () => {
    let page = pageOf(full);
    const { desk } = setUp(full, { Order: () => page });
    await desk.load();
    await desk.deliver.press();
    page = pageOf(draftOf(), 1);
    await desk.load();
    expect(desk.success?.delivery.number).toBe(1);
    page = { ...page, order: { ...page.order, status: 'in_revision' }, changeRequest: 'Slower' };
    await desk.load();
    expect([desk.success, desk.accepts]).toEqual([null, true]);
  });

  it('keeps to its own order', async () => {
    const { desk } = setUp(full);
    await desk.load();
    desk.takeDraft(draftOf({ order: 'another', description: 'no' }));
    expect(desk.description.text).toBe('done');
  });

  it('lets no older draft undo a newer one, whichever comes first', async () => {
    const { desk } = setUp(draftOf({ revision: 2, description: 'written' }));
    await desk.load();
    desk.takeDraft(draftOf({ revision: 1, description: '' }));
    expect(desk.description.text).toBe('written');
    desk.takeDraft(draftOf({ revision: 3, description: 'elsewhere' }));
    expect(desk.description.text).toBe('elsewhere');
  });

  it('keeps what was refused until it was seen', async () => {
    const refused = ['a', 'b'].map((path) => ({ path, problem: { code: 'file_too_large', message: '' } }));
    const { desk } = setUp(full, { Attach: () => ({ draft: full, refused }) });
    await desk.load();
    await desk.attach(['a', 'b']);
    desk.settle(desk.refused[0]!);
    expect(desk.refused.map(({ path }) => path)).toEqual(['b']);
  });

  it('says why the page could not be loaded, but keeps one that was', async () => {
    let answer: () => unknown = refuse('not_found');
    const { desk } = setUp(full, { Order: () => answer() });
    await desk.load();
    expect(desk.failure?.code).toBe('not_found');
    answer = () => pageOf(full);
    await desk.load();
    answer = refuse('unreachable');
    await desk.load();
    expect([desk.failure, desk.page !== null]).toEqual([null, true]);
  });
});

describe('the description', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is saved once after a pause', async () => {
    const saved: string[] = [];
    const description = new Description(async (text) => void saved.push(text));
    for (const text of ['a', 'ab', 'abc']) description.text = text;
    expect(description.saving).toBe('waiting');
    await vi.advanceTimersByTimeAsync(299);
    expect(saved).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([saved, description.saving]).toEqual([['abc'], 'saved']);
  });

  it('never saves two texts at once, and the last one wins', async () => {
    const saved: string[] = [];
    const description = new Description(
      (text) => new Promise((done) => setTimeout(() => done(saved.push(text)), 1_000)),
    );
    description.text = 'old';
    await vi.advanceTimersByTimeAsync(300);
    description.text = 'new';
    const flushed = description.flush();
    await vi.advanceTimersByTimeAsync(2_000);
    expect([await flushed, saved]).toEqual([true, ['old', 'new']]);
  });

  it('keeps what was typed when it cannot be saved, and when a draft comes in', async () => {
    const description = new Description(() => Promise.reject(new Error('disk')));
    description.text = 'mine';
    expect(await description.flush()).toBe(false);
    description.adopt('theirs');
    expect([description.text, description.saving]).toEqual(['mine', 'failed']);
  });

  it('takes the stored text while nothing is unsaved', () => {
    const description = new Description(async () => {});
    description.adopt('stored');
    expect([description.text, description.saving]).toEqual(['stored', 'idle']);
  });
});

describe('the tree of files', () => {
  const files = [file('b.txt', 1), file('film/de/10.mov', 2), file('film/de/2.mov', 3), file('film/a.mov', 4)];
  const shown = (closed: string[] = []) =>
    rows(files, flippedBy(new Set(closed))).map((row) => `${' '.repeat(row.depth)}${row.name}`);

  it('has folders first, in the order of people', () => {
    expect(shown()).toEqual(['film', ' de', '  2.mov', '  10.mov', ' a.mov', 'b.txt']);
  });

  it('leaves out what is in a closed folder', () => {
    expect(shown(['film/de'])).toEqual(['film', ' de', ' a.mov', 'b.txt']);
    expect(shown(['film'])).toEqual(['film', 'b.txt']);
  });

  it('shows a package as one thing, which can be opened', () => {
    const song = [file('Song.logicx/Media/a.wav', 2), file('Song.logicx/ProjectData', 3), file('Zoo.txt', 4)];
    const [row, ...rest] = rows(song, flippedBy(new Set()));
    expect(row).toMatchObject({ kind: 'package', name: 'Song.logicx', files: 2, size: 5, open: false });
    expect([row?.kind === 'package' && row.inside, rest.length]).toEqual([song.slice(0, 2), 1]);
    const open = rows(song, flippedBy(new Set(['Song.logicx'])));
    expect(open.map(({ name }) => name)).toEqual(['Song.logicx', 'Media', 'a.wav', 'ProjectData', 'Zoo.txt']);
  });

  it('sums up folders', () => {
    expect(rows(files, flippedBy(new Set()))[0]).toMatchObject({ kind: 'folder', files: 3, size: 9, open: true });
  });
});
