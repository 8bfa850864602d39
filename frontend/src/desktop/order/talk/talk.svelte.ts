import { Action } from '$lib/api/action.svelte';
import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { CancellationAnswer, OrderEvent, OrderPage } from '$lib/api/views';

/** The maximum length of a message, in code points. */
export const MAX_MESSAGE = 2_500;

type TalkApi = Pick<Bound['Orders'], 'History' | 'WriteMessage' | 'ProposeCancellation' | 'AnswerCancellation'>;

/** The callbacks to the page of the talk. */
export interface Listener {
  readonly id: string;
  take(page: OrderPage): void;
  failed(failure: Failure): void;
}

/** Talk holds the history of an order and the seller's next message. */
export class Talk {
  #api: TalkApi;
  #desk: Listener;
  #events = $state.raw<readonly OrderEvent[] | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #action = new Action();
  #asked = 0;

  /** The message in the text area. */
  text = $state('');

  constructor(api: TalkApi, desk: Listener) {
    this.#api = api;
    this.#desk = desk;
  }

  /** All events, oldest first; null until loaded. */
  get events(): readonly OrderEvent[] | null {
    return this.#events;
  }

  /** The events with a text from a party. */
  get messages(): readonly OrderEvent[] {
    return (this.#events ?? []).filter((event) => event.message !== '');
  }

  /** The error of the load; null after a successful one. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** Whether a request is running. */
  get busy(): boolean {
    return this.#action.busy;
  }

  /** Only the answer to the latest request counts. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const events = await this.#api.History(this.#desk.id);
      if (asked !== this.#asked) return;
      this.#events = events;
      this.#failure = null;
    } catch (thrown) {
      if (asked === this.#asked && this.#events === null) this.#failure = Failure.of(thrown);
    }
  }

  /** Sends the message. The text stays if sending fails. */
  async send(): Promise<boolean> {
    const text = this.text;
    const sent = await this.#doing(() => this.#api.WriteMessage(this.#desk.id, text));
    if (sent && this.text === text) this.text = '';
    return sent;
  }

  propose(message: string): Promise<boolean> {
    return this.#doing(() => this.#api.ProposeCancellation(this.#desk.id, message));
  }

  answer(answer: CancellationAnswer): Promise<boolean> {
    return this.#doing(() => this.#api.AnswerCancellation(this.#desk.id, answer));
  }

  #doing(act: () => Promise<OrderPage>): Promise<boolean> {
    const step = async () => {
      this.#desk.take(await act());
      await this.load();
    };
    return this.#action.run(step, (failure) => this.#desk.failed(failure));
  }
}
