import type { BuyerLink, Limits, NewOrder, OrderEdit, OrderEvent, OrderPage, TransferList } from '$lib/api/views';

/**
 * Adds messages, history, cancellation, links, transfers and earnings to the
 * fake program. It runs inside the page, after installFake, and must not use
 * anything from outside.
 */
export function installLife(): void {
  const { scenario } = window.fake;
  const history = (scenario.history ??= {});
  const links = new Map<string, BuyerLink>();
  const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const fail = (code: string) => Promise.reject(new Error(JSON.stringify({ code, message: `fake: ${code}` })));
  let importedOnce = '';
  const none = { by: '' as const, proposedAt: '', lapsesAt: '', message: '' };

  function note(id: string, type: OrderEvent['type'], more: Partial<OrderEvent> = {}): void {
    const events = (history[id] ??= []);
    events.push({
      seq: events.length + 1,
      type,
      by: 'seller',
      at: new Date().toISOString(),
      delivery: 0,
      message: '',
      days: 0,
      reviewEndsAt: '',
      changed: [],
      title: '',
      dueAt: '',
      file: '',
      points: 0,
      done: 0,
      viewer: '',
      ...more,
    });
  }

  function change(id: string, change: (page: OrderPage) => Partial<OrderPage>): OrderPage {
    window.fake.change(id, change(window.fake.page(id)));
    return window.fake.page(id);
  }

  function answer(id: string, answer: string): OrderPage {
    const type = {
      agree_cancellation: 'order_cancelled' as const,
      decline_cancellation: 'cancellation_declined' as const,
    }[answer];
    note(id, type ?? 'cancellation_withdrawn');
    return change(id, ({ order, allowed }) => ({
      cancellation: none,
      order: { ...order, cancellationBy: '', ...(type === 'order_cancelled' ? cancelled : {}) },
      allowed:
        type === 'order_cancelled'
          ? []
          : [...allowed.filter((a) => !a.endsWith('_cancellation')), 'propose_cancellation'],
    }));
  }
  const cancelled = {
    status: 'cancelled' as const,
    canDeliver: false,
    payment: 'void' as const,
    cancelledAt: scenario.state.asOf,
  };

  function link(id: string, made?: BuyerLink): BuyerLink {
    if (made) {
      links.set(id, made);
      note(id, made.revoked ? 'review_link_revoked' : 'review_link_renewed');
    }
    return links.get(id) ?? { url: `https://deliver.example.com/review/first-link-of-${id}`, revoked: false };
  }

  const list = (): TransferList =>
    (scenario.transfers ??= {
      transfers: [],
      paused: false,
      pausedOrders: [],
      progress: { sent: 0, total: 0, rate: 0, seconds: -1 },
      limits: { up: 0, parallel: 3, schedule: [], yield: false, metered: false, pauseMetered: false },
      speed: [],
      speedSpan: 3,
    });

  function pause(id: string, path: string, paused: boolean): TransferList {
    const all = list();
    if (!paused && id && all.paused) throw new Error(JSON.stringify({ code: 'conflict', message: '' }));
    const named = (t: { order: string; path: string }) => !id || (t.order === id && (!path || t.path === path));
    if (!id) Object.assign(all, { paused, pausedOrders: paused ? all.pausedOrders : [] });
    else if (!path) all.pausedOrders = [...all.pausedOrders.filter((o) => o !== id), ...(paused ? [id] : [])];
    all.transfers = all.transfers.map((t) =>
      t.state === 'problem' || !named(t) ? t : { ...t, state: paused ? 'paused' : 'waiting', rate: 0, seconds: -1 },
    );
    return copy(all);
  }

  window.fake.bind('Orders', {
    History: (id: string) => copy(history[id] ?? []),
    WriteMessage: (id: string, message: string) => {
      note(id, 'message_written', { message });
      return change(id, () => ({}));
    },
    ProposeCancellation: (id: string, message: string) => {
      note(id, 'cancellation_proposed', { message });
      const lapsesAt = new Date(Date.now() + 72 * 3_600_000).toISOString();
      return change(id, ({ order, allowed }) => ({
        cancellation: { by: 'seller', proposedAt: scenario.state.asOf, lapsesAt, message },
        order: { ...order, cancellationBy: 'seller' },
        allowed: [...allowed.filter((a) => a !== 'propose_cancellation'), 'withdraw_cancellation'],
      }));
    },
    AnswerCancellation: answer,
    BuyerLink: (id: string) => link(id),
    RenewBuyerLink: (id: string) =>
      link(id, { url: `https://deliver.example.com/review/renewed-link-of-${id}`, revoked: false }),
    RevokeBuyerLink: (id: string) => link(id, { url: '', revoked: true }),
    SaveReceipt: (id: string, delivery: number) => scenario.saved ?? `/home/mara/receipt-${id}-${delivery}.json`,
    Earnings: () => copy(scenario.earnings ?? { totals: [], months: [] }),
    ExportEarnings: () => scenario.saved ?? '/home/mara/earnings.csv',
    ChooseImport: () => copy(scenario.imported ?? { id: '', name: '', count: 0, orders: [], wrong: 0, errors: [] }),
    PlaceImport: (id: string) => {
      const { orders = [] } = scenario.imported ?? {};
      const placed = orders.map((order) => ({
        ...order,
        id: `import-${order.line}`,
        url: `https://deliver.example.com/review/link-of-line-${order.line}`,
      }));
      const [like] = scenario.pages;
      if (!like) return fail('internal');
      const before = importedOnce === id;
      importedOnce = id;
      for (const order of before ? [] : placed)
        window.fake.add({ ...like, order: { ...like.order, ...order, late: false }, buyerEmail: order.email });
      window.fake.emit('orders');
      return { orders: placed, before };
    },
    SaveImport: () => scenario.saved ?? '/home/mara/links.csv',
    Change: (id: string, edit: OrderEdit) => {
      const page = window.fake.page(id);
      if (page.version !== edit.version) return fail('stale_version');
      const { title, dueAt, notes } = edit;
      const has = (field: OrderEdit['changed'][number]) => edit.changed.includes(field);
      const order = { ...page.order, ...(has('title') ? { title } : {}), ...(has('due_at') ? { dueAt } : {}) };
      note(id, 'order_changed', { changed: edit.changed, title, dueAt });
      return change(id, () => ({ order, ...(has('notes') ? { notes } : {}), version: page.version + 1 }));
    },
    Place: (order: NewOrder) => {
      if (order.price !== '' && !/^\d+(\.\d\d)?$/.test(order.price)) return fail('invalid');
      const id = `new-${order.key.slice(0, 4)}`;
      const [like] = scenario.pages;
      if (!like) return fail('internal');
      window.fake.add({
        ...like,
        order: {
          ...like.order,
          id,
          title: order.title,
          buyer: order.buyerName,
          dueAt: order.dueAt,
          late: false,
          price: order.price,
          currency: order.currency,
        },
        buyerEmail: order.buyerEmail,
        notes: order.notes,
      });
      window.fake.emit('orders');
      return { id, title: order.title, url: `https://deliver.example.com/review/first-link-of-${id}` };
    },
  });
  window.fake.bind('Transfers', {
    List: () => copy(list()),
    Pause: (id: string, path: string) => pause(id, path, true),
    Resume: (id: string, path: string) => pause(id, path, false),
    MoveToFront: (id: string, path: string) => {
      const all = list();
      const first = (t: { order: string; path: string }) => t.order === id && t.path === path;
      all.transfers = [...all.transfers.filter(first), ...all.transfers.filter((t) => !first(t))];
      return copy(all);
    },
    MoveUp: (id: string, path: string) => {
      const all = list();
      const at = all.transfers.findIndex((t) => t.order === id && t.path === path);
      const [moved] = at > 0 ? all.transfers.splice(at, 1) : [];
      if (moved) all.transfers.splice(at - 1, 0, moved);
      return copy(all);
    },
    SetLimits: (limits: Limits) => {
      list().limits = limits;
      return copy(list());
    },
  });
}
