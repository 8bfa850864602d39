import { Failure } from '$lib/api/failure';
import { problemText } from '$lib/api/problem';
import type { OrderRow } from '$lib/api/views';
import { api, on, onFileDrop } from '$lib/api/window';
import { m } from '$lib/paraglide/messages';
import { notices } from '$lib/ui/notices.svelte';
import { Earnings } from './earnings/earnings.svelte';
import { OrderDesk } from './order/desk.svelte';
import { Orders } from './orders/orders.svelte';
import { Session } from './session.svelte';
import { Folder } from './settings/folder.svelte';
import { Surroundings } from './settings/surroundings.svelte';
import { Transfers } from './transfers/transfers.svelte';

/** Files that were dropped while no order was open, with the order that they may be for. */
export interface Offer {
  order: OrderRow;
  paths: string[];
}

export type Screen = 'orders' | 'transfers' | 'earnings' | 'settings';

/** Program is the state of the whole window: the session, the list, and at most one open order. */
class Program {
  readonly session = new Session(api.App);
  readonly orders = new Orders(api.Orders);
  readonly transfers = new Transfers(api);
  readonly earnings = new Earnings(api.Orders);
  readonly folder = new Folder(api.Folder);
  readonly surroundings = new Surroundings(api.App);
  #screen = $state<Screen>('orders');
  #desk = $state.raw<OrderDesk | null>(null);
  #offer = $state.raw<Offer | null>(null);
  #lastOpened = '';
  #settingsSection = '';
  /** Unsent messages, by order. */
  #unsent = new Map<string, string>();

  get desk(): OrderDesk | null {
    return this.#desk;
  }

  /** The screen that is shown without an open order, and the target of Back. */
  get screen(): Screen {
    return this.#screen;
  }

  /** The requested section of the settings; '' for none. */
  get settingsSection(): string {
    return this.#settingsSection;
  }

  get offer(): Offer | null {
    return this.#offer;
  }

  /** The last open order, so that the list can focus it. */
  get lastOpened(): string {
    return this.#lastOpened;
  }

  /** Listens to events until the returned function is called. */
  listen(): () => void {
    this.transfers.onfailure = (failure) => this.#told(failure);
    this.folder.onfailure = (failure) => this.#told(failure);
    this.surroundings.onfailure = (failure) => this.#told(failure);
    onFileDrop((paths) => void this.#dropped(paths));
    const stops = [
      on('state', (state) => {
        const back = this.session.offline && state.online;
        this.session.hear(state);
        if (back) notices.tell(m.banner_online_again());
        void this.refresh();
      }),
      on('orders', () => void Promise.all([this.orders.load(), this.#money()])),
      on('order', (id) => id === this.#desk?.id && void Promise.all([this.#desk.load(), this.#desk.talk.load()])),
      on('folder', (id) => void this.#folder(id)),
      on('draft', (draft) => {
        this.#desk?.takeDraft(draft);
        this.transfers.hear();
      }),
      on('asked', () => void this.#follow()),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** Reloads the open screens, or clears them without a session. */
  async refresh(): Promise<void> {
    if (!this.session.signedIn) {
      this.orders.clear();
      this.#desk = null;
      this.#unsent.clear();
      this.transfers.clear();
      this.earnings.clear();
      this.folder.clear();
      this.#screen = 'orders';
      return;
    }
    this.transfers.hear();
    await Promise.all([
      this.orders.load(),
      this.#money(),
      this.folder.load(),
      this.#desk?.load(),
      this.#desk?.talk.load(),
    ]);
    await this.#follow();
  }

  /** Opens an order; with delivering, at its draft. */
  async open(id: string, delivering = false): Promise<OrderDesk> {
    await this.#leave();
    const desk = new OrderDesk(id, api);
    desk.delivering = delivering;
    desk.onfailure = (failure) => this.#told(failure);
    desk.onsuccess = ({ delivery }) => {
      const text = m.deliver_done_title({ n: delivery.number });
      if (this.#desk === desk) notices.speak(text);
      else notices.tell(text);
      void this.orders.load();
    };
    desk.talk.text = this.#unsent.get(id) ?? '';
    this.#desk = desk;
    this.#lastOpened = id;
    void Promise.all([desk.talk.load(), desk.folder.load()]);
    await desk.load();
    return desk;
  }

  async back(): Promise<void> {
    await this.#leave();
    this.#desk = null;
    await this.orders.load();
  }

  /** Closes the order and shows a screen. */
  async show(screen: Screen): Promise<void> {
    await this.#leave();
    this.#desk = null;
    this.#screen = screen;
    this.transfers.hear();
    await Promise.all([this.orders.load(), this.#money()]);
  }

  /** Shows the settings, from a section or from the start. */
  async showSettings(section = ''): Promise<void> {
    this.#settingsSection = section;
    await this.show('settings');
  }

  async signOut(): Promise<void> {
    try {
      await this.#leave();
      await this.session.signOut();
      await this.refresh();
    } catch (thrown) {
      this.#told(Failure.of(thrown));
    }
  }

  async acceptOffer(): Promise<void> {
    const offer = this.#offer;
    this.#offer = null;
    if (offer) await (await this.open(offer.order.id)).attach(offer.paths);
  }

  declineOffer(): void {
    this.#offer = null;
  }

  /** Shows the page that was requested from outside the window, if any. */
  async #follow(): Promise<void> {
    try {
      const asked = await api.App.TakeAsked();
      if (asked.unusable) notices.tell(m.link_unusable(), 'bad');
      if (asked.kind === 'orders') await this.show('orders');
      else if (asked.kind === 'order' && asked.order !== this.#desk?.id) await this.open(asked.order);
    } catch (thrown) {
      this.#told(Failure.of(thrown));
    }
  }

  /** Earnings are loaded only while they are visible. */
  async #money(): Promise<void> {
    if (this.#screen === 'earnings') await this.earnings.load();
  }

  async #folder(id: string): Promise<void> {
    if (id !== '' && id === this.#desk?.id) await this.#desk.folder.load();
    if (id !== '') return;
    // The state says whether to ask the seller for a folder.
    await Promise.all([this.folder.load(), this.session.askFolder ? this.session.start() : undefined]);
  }

  async #leave(): Promise<void> {
    // A focused field that is removed would still call its screen.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (this.#desk) this.#unsent.set(this.#desk.id, this.#desk.talk.text);
    await this.#desk?.description.flush();
  }

  async #dropped(paths: string[]): Promise<void> {
    if (!this.session.signedIn || paths.length === 0) return;
    const desk = this.#desk;
    if (desk?.accepts) return desk.attach(paths);
    if (desk) return notices.tell(desk.deliver.pending ? m.drop_not_now() : m.drop_not_here(), 'bad');
    const [only, ...others] = this.orders.owed;
    if (only && others.length === 0) this.#offer = { order: only, paths };
    else notices.tell(`${m.drop_open_first()}. ${m.drop_open_first_text()}`, 'bad');
  }

  #told(failure: Failure): void {
    notices.tell(problemText(failure), 'bad');
  }
}

export const program = new Program();
