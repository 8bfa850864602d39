import { Failure } from '$lib/api/failure';
import { Retry } from '$lib/api/retry';
import type { EventPage, Order, OrderEvent } from '$lib/api/review';

export interface HistoryApi {
  events(after: number): Promise<EventPage>;
  writeMessage(message: string): Promise<Order>;
}

/** History holds the events and the messages of one order. */
export class History {
  #api: HistoryApi;
  #events = $state.raw<readonly OrderEvent[]>([]);
  #sending = $state(false);
  #failed = $state(false);
  #loaded = false;
  #loading = false;
  #again = false;
  #retry = new Retry();
  #messages = $derived(this.#events.filter(({ message }) => message));

  /** Called with a new message from the seller. */
  onmessage: () => void = () => {};
  /** Called with the order after a message was sent. */
  onsent: (order: Order) => void = () => {};

  constructor(api: HistoryApi) {
    this.#api = api;
  }

  /** Oldest first. */
  get events(): readonly OrderEvent[] {
    return this.#events;
  }

  /** All events with a text: messages, change requests, proposals. */
  get messages(): readonly OrderEvent[] {
    return this.#messages;
  }

  get sending(): boolean {
    return this.#sending;
  }

  /** Whether the last message was not sent. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Loads new events. A call during a load causes one more load afterwards. */
  async load(): Promise<void> {
    this.#again = true;
    if (this.#loading) return;
    this.#loading = true;
    this.#retry.stop();
    try {
      while (this.#again) {
        this.#again = false;
        await this.#catchUp();
      }
      this.#retry.settled();
    } catch (thrown) {
      if (Failure.of(thrown).code !== 'gone') this.#retry.later(() => void this.load());
    } finally {
      this.#loading = false;
    }
  }

  /** Sends a message; resolves to false on failure. */
  async send(text: string): Promise<boolean> {
    if (this.#sending) return false;
    this.#sending = true;
    this.#failed = false;
    try {
      this.onsent(await this.#api.writeMessage(text.trim()));
      await this.load();
      return true;
    } catch {
      this.#failed = true;
      return false;
    } finally {
      this.#sending = false;
    }
  }

  async #catchUp(): Promise<void> {
    let next: number | undefined = this.#events.at(-1)?.seq ?? 0;
    let heard = false;
    while (next !== undefined) {
      const page: EventPage = await this.#api.events(next);
      this.#events = [...this.#events, ...page.events];
      heard ||= page.events.some(({ type, by }) => type === 'message_written' && by === 'seller');
      next = page.next;
    }
    if (heard && this.#loaded) this.onmessage();
    this.#loaded = true;
  }
}
