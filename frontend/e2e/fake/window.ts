import type { Page } from 'playwright-core';
import type { Bound } from '$lib/api/bound';
import type {
  Asked,
  Attached,
  Draft,
  DraftFile,
  Earnings,
  Finding,
  ImportPreview,
  OrderEvent,
  OrderFolder,
  OrderPage,
  Refused,
  State,
  TransferList,
  WorkFolder,
} from '$lib/api/views';
import { installDesktop } from './desktop.ts';
import { installDrafting } from './drafting.ts';
import { installLife } from './life.ts';
import { installSettings } from './settings.ts';

/** The initial state of the fake program, and its answers. */
export interface Scenario {
  state: State;
  pages: OrderPage[];
  picture?: string;
  findings?: Finding[];
  /** The chosen file of orders and its content. */
  imported?: ImportPreview;
  /** The answers of the native dialogs. */
  chosen?: { path: string; size: number }[];
  /** Methods that fail, with their code. */
  refuse?: Partial<Record<Call, string>>;
  /** Uploads finish automatically; without it they wait for `Fake.endUploads`. */
  uploadsEnd?: boolean;
  /** The events of the orders, by order id. */
  history?: Record<string, OrderEvent[]>;
  transfers?: TransferList;
  earnings?: Earnings;
  folder?: WorkFolder;
  /** The answer of the folder dialog; '' for a seller who cancels. */
  pointed?: string;
  /** A move of the work folder runs until it is cancelled. */
  slowMove?: boolean;
  /** By order id. */
  orderFolders?: Record<string, OrderFolder>;
  rules?: string;
  /** The answer of the save dialog; '' for a seller who cancels. */
  saved?: string;
}

/** A bound type and its method, such as Orders.List. */
export type Call = { [T in keyof Bound]: `${T}.${keyof Bound[T] & string}` }[keyof Bound];

/** The interface for tests in the page. */
export interface Fake {
  calls: Call[];
  scenario: Scenario;
  emit(event: string, ...data: unknown[]): void;
  drop(...paths: string[]): void;
  page(id: string): OrderPage;
  add(page: OrderPage): void;
  /** Changes a draft as the program would. */
  edit(id: string, change: (draft: Draft) => Partial<Draft>): Draft;
  /** Finishes the uploads of an order's draft. */
  endUploads(id: string): void;
  /** Adds methods that the window can call. */
  bind<T extends keyof Bound>(type: T, methods: Partial<Record<keyof Bound[T], (...args: never[]) => unknown>>): void;
  /** Simulates a request from outside the window. Set by installDesktop. */
  ask(what: Asked): void;
  /** Changes an order as the buyer or the clock. */
  change(id: string, change: Partial<OrderPage>): void;
}

declare global {
  interface Window {
    fake: Fake;
  }
}

/** Starts the page over a fake program until the returned function is called. */
export async function startFake(page: Page, scenario: Scenario): Promise<() => Promise<void>> {
  const scripts = [await page.addInitScript(installFake, scenario)];
  for (const install of [installLife, installSettings, installDesktop, installDrafting])
    scripts.push(await page.addInitScript(install));
  return async () => void (await Promise.all(scripts.map((script) => script.dispose())));
}

/**
 * Replaces the desktop program: the same methods and events, with orders in
 * memory. It runs inside the page and must not use anything from outside.
 */
function installFake(scenario: Scenario): void {
  const calls: Call[] = [];
  const heard = new Map<string, ((...data: unknown[]) => void)[]>();
  const pages = new Map<string, OrderPage>();
  /** The mark at which each order changed last; the list sends differences. */
  const marks = new Map<string, number>();
  let mark = 0;
  const put = (page: OrderPage) => {
    pages.set(page.order.id, page);
    marks.set(page.order.id, ++mark);
  };
  scenario.pages.forEach(put);
  const waiting = new Map<string, (given: boolean) => void>();
  let dropped: (x: number, y: number, paths: string[]) => void = () => {};
  const reload = 'fake.signedIn';
  if (sessionStorage.getItem(reload)) scenario.state = { ...scenario.state, signedIn: true };

  const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const emit = (event: string, ...data: unknown[]) => heard.get(event)?.forEach((f) => f(...copy(data)));
  const refused = (code: string) => Promise.reject(new Error(JSON.stringify({ code, message: `fake: ${code}` })));
  const pageOf = (id: string): OrderPage => {
    const page = pages.get(id);
    if (!page) throw new Error(JSON.stringify({ code: 'not_found', message: `no order ${id}` }));
    return page;
  };
  const now = () => new Date().toISOString();

  function sum(draft: Draft): Draft {
    const total = draft.files.reduce((n, f) => n + f.size, 0);
    const sent = draft.files.reduce((n, f) => n + f.sent, 0);
    return { ...draft, progress: { ...draft.progress, sent, total } };
  }

  function edit(id: string, change: (draft: Draft) => Partial<Draft>): Draft {
    const page = pageOf(id);
    const draft = sum({ ...page.draft, updatedAt: now(), ...change(page.draft) });
    put({ ...page, draft, order: { ...page.order, hasDraft: draft.updatedAt !== '' } });
    emit('draft', draft);
    return copy(draft);
  }

  function endUploads(id: string): void {
    if (pageOf(id).draft.files.length === 0) return;
    edit(id, (d) => ({ files: d.files.map((f) => ({ ...f, state: 'verified', sent: f.size })) }));
    waiting.get(id)?.(true);
  }

  function upload(id: string): void {
    if (!scenario.uploadsEnd) return;
    setTimeout(() => endUploads(id), 100);
  }

  function attach(id: string, chosen: { path: string; size: number }[]): Attached {
    const limit = scenario.state.maxFileSize;
    const tooLarge = chosen.filter((c) => c.size > limit);
    const fine = chosen.filter((c) => c.size <= limit);
    const files: DraftFile[] = fine.map((c) => ({
      path: c.path.split('/').slice(-2).join('/'),
      source: c.path,
      size: c.size,
      sent: 0,
      state: 'queued',
      sha256: '',
      taken: false,
      problem: { code: '', message: '' },
      inFolder: false,
    }));
    const draft = edit(id, (d) => ({ files: [...d.files, ...files] }));
    upload(id);
    const refusals: Refused[] = tooLarge.map(({ path }) => ({
      path,
      problem: { code: 'file_too_large', message: '' },
    }));
    return { draft, refused: refusals };
  }

  async function deliver(id: string, confirmNoFiles: boolean): Promise<OrderPage> {
    const { draft } = pageOf(id);
    if (draft.files.length + draft.links.length === 0 && !confirmNoFiles) return refused('no_files');
    edit(id, () => ({ delivering: true }));
    if (draft.files.some((f) => f.state !== 'verified')) {
      const given = await new Promise<boolean>((resolve) => waiting.set(id, resolve));
      if (!given) return refused('cancelled');
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
    const page = pageOf(id);
    const number = page.deliveries.length + 1;
    const made = {
      number,
      deliveredAt: now(),
      description: page.draft.description,
      files: page.draft.files.map(({ path, size }) => ({ id: path, path, size, sha256: 'ab12'.repeat(16) })),
      links: page.draft.links,
      arranged: page.draft.arranged,
      openedAt: '',
      downloadedAt: '',
    };
    const empty = { ...page.draft, description: '', files: [], links: [], done: [], updatedAt: '', delivering: false };
    const reviewEndsAt = new Date(Date.now() + 72 * 3_600_000).toISOString();
    const order = {
      ...page.order,
      status: 'delivered' as const,
      late: false,
      hasDraft: false,
      reviewEndsAt,
      deliveries: number,
    };
    put({ ...page, order, changeRequest: '', deliveries: [made, ...page.deliveries], draft: empty });
    emit('orders');
    emit('order', id);
    return copy(pageOf(id));
  }

  const signIn = (state: State) => {
    scenario.state = state;
    return copy(state);
  };
  const sizes = (paths: string[]) =>
    paths.map((path) => ({ path, size: Number(/(\d+)b\b/.exec(path)?.[1] ?? 1_000_000) }));

  const bound: Record<string, Record<string, unknown>> = {};
  const bind: Fake['bind'] = (type, methods) => {
    for (const [name, method] of Object.entries(methods as Record<string, (...args: never[]) => unknown>)) {
      const call = `${type}.${name}` as Call;
      (bound[type] ??= {})[name] = async (...args: never[]) => {
        calls.push(call);
        const code = scenario.refuse?.[call];
        if (code) return refused(code);
        await Promise.resolve();
        return method(...args);
      };
    }
  };
  bind('App', {
    State: () => copy(scenario.state),
    TryOut: () =>
      signIn({ ...scenario.state, signedIn: true, trial: true, online: true, name: 'Alex Sample', maxFileSize: 5e9 }),
    SignIn: (server: string, email: string, password: string, insecure: boolean) => {
      if (server.startsWith('http://') && !insecure) return refused('insecure_server');
      if (password === 'wrong') return refused('unauthorised');
      return signIn({
        ...scenario.state,
        signedIn: true,
        online: true,
        server,
        email,
        name: 'Mara Lindqvist',
        maxFileSize: 5e9,
      });
    },
    DismissRecovery: () => signIn({ ...scenario.state, recovery: { kind: '', asOf: '', setAside: '' } }),
    SignOut: () => signIn({ ...scenario.state, signedIn: false, trial: false }),
  });
  bind('Orders', {
    List: (after: number) => {
      const changed = [...marks].filter(([, at]) => at > after).sort((a, b) => a[1] - b[1]);
      const part = changed.slice(0, 1_000);
      return {
        orders: copy(part.map(([id]) => pageOf(id).order)),
        gone: [],
        anew: after === 0,
        mark: part.at(-1)?.[1] ?? mark,
        more: changed.length > part.length,
        asOf: scenario.state.asOf,
        offline: !scenario.state.online,
      };
    },
    See: (id: string, messages: boolean) => {
      const page = pageOf(id);
      const unreadMessages = messages ? 0 : page.order.unreadMessages;
      if (page.order.unread === unreadMessages) return;
      put({ ...page, order: { ...page.order, unread: unreadMessages, unreadMessages } });
      emit('orders');
    },
    Order: (id: string) => copy(pageOf(id)),
    Picture: () => scenario.picture ?? refused('not_found'),
    OpenReview: () => undefined,
  });
  bind('Drafts', {
    ChooseFiles: (id: string) => attach(id, scenario.chosen ?? []),
    ChooseFolder: (id: string) => attach(id, scenario.chosen ?? []),
    Attach: (id: string, paths: string[]) => attach(id, sizes(paths)),
    TakeLeftOut: (id: string, paths: string[]) => {
      const folder = scenario.orderFolders?.[id];
      if (folder) folder.leftOut = folder.leftOut.filter(({ source }) => !paths.includes(source));
      return attach(id, sizes(paths));
    },
    AttachLink: (id: string, url: string, label: string) => edit(id, (d) => ({ links: [...d.links, { url, label }] })),
    DetachLink: (id: string, url: string) => edit(id, (d) => ({ links: d.links.filter((l) => l.url !== url) })),
    Detach: (id: string, path: string) => edit(id, (d) => ({ files: d.files.filter((f) => f.path !== path) })),
    Retry: (id: string, path: string) => {
      const row = scenario.transfers?.transfers.find((t) => t.order === id && t.path === path);
      if (row) row.state = 'waiting';
      upload(id);
      return edit(id, (d) => ({ files: d.files.map((f) => (f.path === path ? { ...f, state: 'queued' } : f)) }));
    },
    Describe: (id: string, text: string) => edit(id, () => ({ description: text })),
    TickPoint: (id: string, point: string, done: boolean) =>
      edit(id, (d) => ({ done: [...d.done.filter((one) => one !== point), ...(done ? [point] : [])] })),
    Preflight: () => scenario.findings ?? [],
    Deliver: deliver,
    CancelDeliver: (id: string) => {
      waiting.get(id)?.(false);
      return edit(id, () => ({ delivering: false }));
    },
    Discard: (id: string) => edit(id, () => ({ description: '', files: [], links: [], updatedAt: '' })),
  });

  window.go = { app: bound as never };
  window.runtime = {
    EventsOn: (name, listener) => {
      const all = heard.get(name) ?? [];
      heard.set(name, [...all, listener as (...data: unknown[]) => void]);
      return () =>
        heard.set(
          name,
          (heard.get(name) ?? []).filter((l) => l !== (listener as unknown)),
        );
    },
    OnFileDrop: (callback) => (dropped = callback),
  };
  window.fake = {
    calls,
    scenario,
    emit: (event, ...data) => {
      if (event === 'state') scenario.state = data[0] as State;
      emit(event, ...data);
    },
    drop: (...paths) => dropped(10, 10, paths),
    page: (id) => copy(pageOf(id)),
    add: put,
    bind,
    ask: () => {},
    edit,
    endUploads,
    change: (id, change) => {
      put({ ...pageOf(id), ...change });
      emit('orders');
      emit('order', id);
    },
  };
}
