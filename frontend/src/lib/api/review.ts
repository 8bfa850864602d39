import createClient from 'openapi-fetch';
import { Failure } from './failure';
import type { components, paths } from './schema';

type Schemas = components['schemas'];
export type Order = Schemas['Order'];
export type Delivery = Schemas['Delivery'];
export type SharedFile = Schemas['File'];
export type Link = Schemas['Link'];

interface Answer {
  data?: Order;
  error?: unknown;
  response: Response;
}

/** ReviewApi is what a buyer may ask the server; every rejection is a Failure. */
export class ReviewApi {
  readonly #id: string;
  readonly #client = createClient<paths>({ baseUrl: location.origin });

  constructor(id: string) {
    this.#id = id;
  }

  order(): Promise<Order> {
    return told(this.#client.GET('/api/v1/orders/{id}', this.#params));
  }

  accept(): Promise<Order> {
    return told(this.#client.POST('/api/v1/orders/{id}/accept', this.#params));
  }

  requestChanges(message: string): Promise<Order> {
    return told(this.#client.POST('/api/v1/orders/{id}/changes', { ...this.#params, body: { message } }));
  }

  extend(days: number): Promise<Order> {
    return told(this.#client.POST('/api/v1/orders/{id}/extension', { ...this.#params, body: { days } }));
  }

  /** Calls back on everything that happens to the order, until the returned function is called. */
  follow(happened: () => void): () => void {
    const events = new EventSource(`/api/v1/events?order=${encodeURIComponent(this.#id)}`);
    events.addEventListener('message', happened);
    events.addEventListener('ready', happened);
    return () => events.close();
  }

  fileUrl(delivery: number, file: SharedFile): string {
    return `${this.#deliveryUrl(delivery)}/files/${encodeURIComponent(file.id)}`;
  }

  archiveUrl(delivery: number): string {
    return `${this.#deliveryUrl(delivery)}/archive.zip`;
  }

  #deliveryUrl(number: number): string {
    return `/api/v1/orders/${encodeURIComponent(this.#id)}/deliveries/${number}`;
  }

  get #params() {
    return { params: { path: { id: this.#id } } };
  }
}

async function told(asking: Promise<Answer>): Promise<Order> {
  let answer: Answer;
  try {
    answer = await asking;
  } catch {
    throw new Failure('unreachable', '');
  }
  if (answer.data) return answer.data;
  const { status } = answer.response;
  if (status === 401 || status === 404) throw new Failure('gone', '');
  if (status === 502 || status === 503 || status === 504) throw new Failure('unreachable', '');
  throw Failure.of(answer.error);
}
