import type { Order } from '$lib/api/review';

interface Api {
  noteTimeZone(zone: string): Promise<void>;
}

/** Zone sends the time zone of the buyer's browser to the server once, for the times in e-mails. */
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
      // The next visit sends it again; until then e-mails use another zone.
    }
  }
}
