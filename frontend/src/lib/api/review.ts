import createClient from 'openapi-fetch';
import { milliseconds } from '../format/span';
import { Failure, isProblem } from './failure';
import { Live, type Listener } from './live';
import { serverRoot } from './root';
import type { components, paths } from './schema';

type Schemas = components['schemas'];
export type Order = Schemas['Order'];
export type Delivery = Schemas['Delivery'];
export type SharedFile = Schemas['File'];
export type Link = Schemas['Link'];
export type OrderEvent = Schemas['Event'];
export type Comment = Schemas['Comment'];
export type NewComment = Schemas['NewComment'];
/** The place of a comment in the work. */
export type Anchor = Omit<NewComment, 'text'>;
export type EventPage = Schemas['EventPage'];
export type ViewLink = Schemas['ViewLink'];
export type ViewLinks = Schemas['ViewLinks'];

interface Answer<Body> {
  data?: Body;
  error?: unknown;
  response: Response;
}

/** ReviewApi holds the requests of a buyer or a viewer. Every rejection is a Failure. */
export class ReviewApi {
  readonly #id: string;
  readonly #root = serverRoot(location.pathname);
  readonly #client = createClient<paths>({ baseUrl: location.origin + this.#root });

  constructor(id: string) {
    this.#id = id;
  }

  order(): Promise<Order> {
    return told(this.#client.GET('/api/v1/orders/{id}', this.#params));
  }

  accept(): Promise<Order> {
    return told(this.#client.POST('/api/v1/orders/{id}/accept', this.#params));
  }

  /** points are the ids of the comments to send. */
  requestChanges(message: string, points: string[]): Promise<Order> {
    const body = points.length > 0 ? { message, points } : { message };
    return told(this.#client.POST('/api/v1/orders/{id}/changes', { ...this.#params, body }));
  }

  async comments(): Promise<Comment[]> {
    return (await told(this.#client.GET('/api/v1/orders/{id}/comments', this.#params))).comments;
  }

  /** Creates or changes a comment under an id that the page chose. A retry creates no second comment. */
  putComment(comment: string, body: NewComment): Promise<Comment> {
    const params = { path: { id: this.#id, comment } };
    return told(this.#client.PUT('/api/v1/orders/{id}/comments/{comment}', { params, body }));
  }

  async deleteComment(comment: string): Promise<void> {
    const params = { path: { id: this.#id, comment } };
    const asking = this.#client.DELETE('/api/v1/orders/{id}/comments/{comment}', { params });
    await told(asking.then((answer) => ({ ...answer, data: answer.response.ok ? true : undefined })));
  }

  extend(days: number): Promise<Order> {
    return told(this.#client.POST('/api/v1/orders/{id}/extension', { ...this.#params, body: { days } }));
  }

  proposeCancellation(message: string): Promise<Order> {
    const body = message === '' ? {} : { message };
    return told(this.#client.POST('/api/v1/orders/{id}/cancellation', { ...this.#params, body }));
  }

  agreeCancellation(): Promise<Order> {
    return told(this.#client.POST('/api/v1/orders/{id}/cancellation/agree', this.#params));
  }

  declineCancellation(): Promise<Order> {
    return told(this.#client.POST('/api/v1/orders/{id}/cancellation/decline', this.#params));
  }

  withdrawCancellation(): Promise<Order> {
    return told(this.#client.POST('/api/v1/orders/{id}/cancellation/withdraw', this.#params));
  }

  writeMessage(message: string): Promise<Order> {
    return told(this.#client.POST('/api/v1/orders/{id}/messages', { ...this.#params, body: { message } }));
  }

  /** The order's events after the one with that seq, oldest first. */
  events(after: number): Promise<EventPage> {
    const { path } = this.#params.params;
    return told(this.#client.GET('/api/v1/orders/{id}/events', { params: { path, query: { after, limit: 500 } } }));
  }

  /** The view-only links. */
  viewLinks(): Promise<ViewLinks> {
    return told(this.#client.GET('/api/v1/orders/{id}/view-links', this.#params));
  }

  shareToLook(name: string): Promise<ViewLinks> {
    return told(this.#client.POST('/api/v1/orders/{id}/view-links', { ...this.#params, body: { name } }));
  }

  endSharing(number: number): Promise<ViewLinks> {
    const path = { ...this.#params.params.path, number };
    return told(this.#client.DELETE('/api/v1/orders/{id}/view-links/{number}', { params: { path } }));
  }

  async noteTimeZone(zone: string): Promise<void> {
    const asking = this.#client.PUT('/api/v1/orders/{id}/time-zone', { ...this.#params, body: { time_zone: zone } });
    await told(asking.then((answer) => ({ ...answer, data: answer.response.ok ? true : undefined })));
  }

  /** The time from an order's completion until its payment clears, in milliseconds. */
  async clearingPeriod(): Promise<number> {
    return milliseconds((await told(this.#client.GET('/api/v1/server'))).clearing_period);
  }

  /** Follows the order's events until the returned function is called. */
  follow(listener: Listener): () => void {
    return new Live(`${this.#root}/api/v1/events?order=${encodeURIComponent(this.#id)}`, listener).start();
  }

  fileUrl(delivery: number, file: SharedFile): string {
    return `${this.#deliveryUrl(delivery)}/files/${encodeURIComponent(file.id)}`;
  }

  /** The address of the file for showing it in the page; see kindOf. */
  previewUrl(delivery: number, file: SharedFile): string {
    return `${this.fileUrl(delivery, file)}/preview`;
  }

  /** The address of a small picture of the file; see hasThumbnail. */
  thumbnailUrl(delivery: number, file: SharedFile): string {
    return `${this.fileUrl(delivery, file)}/thumbnail`;
  }

  /** The address of a screen-sized picture of the file; see hasRendition. */
  renditionUrl(delivery: number, file: SharedFile): string {
    return `${this.fileUrl(delivery, file)}/rendition`;
  }

  /** The first bytes of a text file. */
  async beginning(delivery: number, file: SharedFile, bytes: number): Promise<Uint8Array> {
    const headers = { Range: `bytes=0-${bytes - 1}` };
    const response = await fetch(this.previewUrl(delivery, file), { headers });
    if (!response.ok) throw new Failure('internal', '');
    return new Uint8Array(await response.arrayBuffer()).subarray(0, bytes);
  }

  /** The address of a zip of the files with the ids, or of all files. */
  archiveUrl(delivery: number, ids?: readonly string[]): string {
    const files = ids ? `?files=${ids.map(encodeURIComponent).join(',')}` : '';
    return `${this.#deliveryUrl(delivery)}/archive.zip${files}`;
  }

  /** The size of an archive in bytes. */
  async archiveSize(url: string, signal: AbortSignal): Promise<number> {
    const response = await fetch(url, { method: 'HEAD', signal });
    const length = Number(response.headers.get('Content-Length') ?? '');
    if (!response.ok || !(length > 0)) throw new Failure('internal', '');
    return length;
  }

  receiptUrl(delivery: number): string {
    return `${this.#deliveryUrl(delivery)}/receipt`;
  }

  #deliveryUrl(number: number): string {
    return `${this.#root}/api/v1/orders/${encodeURIComponent(this.#id)}/deliveries/${number}`;
  }

  get #params() {
    return { params: { path: { id: this.#id } } };
  }
}

async function told<Body>(asking: Promise<Answer<Body>>): Promise<Body> {
  let answer: Answer<Body>;
  try {
    answer = await asking;
  } catch {
    throw new Failure('unreachable', '');
  }
  if (answer.data) return answer.data;
  // Any other answer comes from a proxy or a gateway and says nothing about the order.
  if (!isProblem(answer.error)) throw new Failure('unreachable', '');
  const { status } = answer.response;
  if (status === 401 || status === 404) throw new Failure('gone', '');
  if (status === 503) throw new Failure('unreachable', '');
  throw Failure.of(answer.error);
}
