import { Action } from '$lib/api/action.svelte';
import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { CancellationAnswer, OrderEvent, OrderPage } from '$lib/api/views';

/** How long a message may be, in code points. */
export const MAX_MESSAGE = 2_500;

type TalkApi = Pick<Bound, 'History' | 'WriteMessage' | 'ProposeCancellation' | 'AnswerCancellation'>;

/** The page that the talk belongs to, as far as it is told of anything. */
export interface Listener {
  readonly id: string;
  take(page: OrderPage): void;
  failed(failure: Failure): void;
}

/** Talk is what the two parties said and did, and what the seller says next. */
export class Talk {
  #api: TalkApi;
  #desk: Listener;
  #events = $state.raw<readonly OrderEvent[] | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #action = new Action();
  #asked = 0;

  /** The message that is being written. */
  text = $state('');

  constructor(api: TalkApi, desk: Listener) {
    this.#api = api;
    this.#desk = desk;
  }

  /** Everything that happened, oldest first; null until it was loaded. */
  get events(): readonly OrderEvent[] | null {
    return this.#events;
  }

  /** What was said in words of somebody's own. */
  get messages(): readonly OrderEvent[] {
    return (this.#events ?? []).filter((event) => event.message !== '');
  }

  /** Why nothing could be loaded; null once something was. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** Whether something is on its way to the server. */
  get busy(): boolean {
    return this.#action.busy;
  }

  /** Of several answers under way the last one asked for counts. */
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

  /** Sends what was written; it stays when it could not be sent. */
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
