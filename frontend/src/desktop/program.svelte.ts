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

/** Files that were dropped while no order was open, with the one they may be for. */
export interface Offer {
  order: OrderRow;
  paths: string[];
}

export type Screen = 'orders' | 'transfers' | 'earnings' | 'settings';

/** Program is everything that is open: who is signed in, the list, and one order or none. */
class Program {
  readonly session = new Session(api);
  readonly orders = new Orders(api);
  readonly transfers = new Transfers(api);
  readonly earnings = new Earnings(api);
  readonly folder = new Folder(api);
  readonly surroundings = new Surroundings(api);
  #screen = $state<Screen>('orders');
  #desk = $state.raw<OrderDesk | null>(null);
  #offer = $state.raw<Offer | null>(null);
  #lastOpened = '';
  #settingsSection = '';
  /** Messages that were begun, by order. */
  #unsent = new Map<string, string>();

  get desk(): OrderDesk | null {
    return this.#desk;
  }

  /** What is shown while no order is open, and where one goes back to. */
  get screen(): Screen {
    return this.#screen;
  }

  /** The section of the settings that one came for, '' for none. */
  get settingsSection(): string {
    return this.#settingsSection;
  }

  get offer(): Offer | null {
    return this.#offer;
  }

  /** The order that was open last, so that the list can stand where it was. */
  get lastOpened(): string {
    return this.#lastOpened;
  }

  /** Starts to listen; the returned function stops it. */
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

  /** Loads anew what is open; without a session it forgets it. */
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

  /** Opens an order; delivering goes on to its draft at once. */
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

  /** Shows a screen, and no order. */
  async show(screen: Screen): Promise<void> {
    await this.#leave();
    this.#desk = null;
    this.#screen = screen;
    this.transfers.hear();
    await Promise.all([this.orders.load(), this.#money()]);
  }

  /** Shows the settings, at a section or at their beginning. */
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

  /** Shows what the program was asked for from outside, if there is something. */
  async #follow(): Promise<void> {
    try {
      const asked = await api.TakeAsked();
      if (asked.unusable) notices.tell(m.link_unusable(), 'bad');
      if (asked.kind === 'orders') await this.show('orders');
      else if (asked.kind === 'order' && asked.order !== this.#desk?.id) await this.open(asked.order);
    } catch (thrown) {
      this.#told(Failure.of(thrown));
    }
  }

  /** The money is asked for only while it shows. */
  async #money(): Promise<void> {
    if (this.#screen === 'earnings') await this.earnings.load();
  }

  async #folder(id: string): Promise<void> {
    if (id !== '' && id === this.#desk?.id) await this.#desk.folder.load();
    if (id !== '') return;
    // Whether the seller is still to be asked for a folder is part of the state.
    await Promise.all([this.folder.load(), this.session.askFolder ? this.session.start() : undefined]);
  }

  async #leave(): Promise<void> {
    // A field that goes away while it has the focus would still call its screen.
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
