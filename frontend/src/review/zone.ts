import type { Order } from '$lib/api/review';

interface Api {
  noteTimeZone(zone: string): Promise<void>;
}

/** Zone tells the server once in which time zone the buyer's browser is, so that e-mails give times in it. */
export class Zone {
  #api: Api;
  #own: string;
  #told = false;

  constructor(api: Api, own = Intl.DateTimeFormat().resolvedOptions().timeZone) {
    this.#api = api;
    this.#own = own;
  }

  async tell(order: Order): Promise<void> {
    if (this.#told || !this.#own || order.viewer || order.buyer.time_zone === this.#own) return;
    this.#told = true;
    try {
      await this.#api.noteTimeZone(this.#own);
    } catch {
      // The next visit tells it; until then e-mails name another zone, which is no error.
    }
  }
}
