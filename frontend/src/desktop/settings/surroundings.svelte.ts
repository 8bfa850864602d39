import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { News, NewsKind, Startup } from '$lib/api/views';

type NewsApi = Pick<Bound['App'], 'News' | 'SetNews' | 'Startup' | 'SetStartup'>;

/** Surroundings holds the settings outside the window: notifications and the start at sign-in. */
export class Surroundings {
  #api: NewsApi;
  #news = $state.raw<readonly News[] | null>(null);
  #startup = $state.raw<Startup | null>(null);
  /** Called with the error of a failed action. */
  onfailure: (failure: Failure) => void = () => {};

  constructor(api: NewsApi) {
    this.#api = api;
  }

  /** null until loaded. */
  get news(): readonly News[] | null {
    return this.#news;
  }

  /** null until loaded. */
  get startup(): Startup | null {
    return this.#startup;
  }

  load(): Promise<void> {
    return this.#do(async () => {
      const [news, startup] = await Promise.all([this.#api.News(), this.#api.Startup()]);
      this.#news = news;
      this.#startup = startup;
    });
  }

  /** Turns a kind of notification on or off. If saving fails, the setting stays. */
  setNews(kind: NewsKind, on: boolean): Promise<void> {
    return this.#do(async () => (this.#news = await this.#api.SetNews(kind, on)));
  }

  setStartup(on: boolean): Promise<void> {
    return this.#do(async () => (this.#startup = await this.#api.SetStartup(on)));
  }

  async #do(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#news = this.#news && [...this.#news]; // the box shows the saved setting again
      this.#startup = this.#startup && { ...this.#startup };
      this.onfailure(Failure.of(thrown));
    }
  }
}
