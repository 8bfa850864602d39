// The comments of an order, stored as on the real server.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { components } from '$lib/api/schema';
import type { Order } from './review.ts';
import { at } from './samples.ts';

export type Comment = components['schemas']['Comment'];
type NewComment = components['schemas']['NewComment'];

const bea = { party: 'buyer', name: 'Jonas Weidenfeller' };

export function comment(id: string, text: string, more: Partial<Comment> = {}): Comment {
  return {
    id,
    number: 0,
    delivery: 2,
    text,
    author: bea,
    own: !more.author?.id,
    written_at: at(-0.3),
    sent_at: null,
    ...more,
  };
}

/** The change request after the first delivery, and one unsent comment. */
export const asked: Comment[] = [
  comment('a', 'A little more air between the letters.', {
    delivery: 1,
    file: 'f1',
    sent_at: at(-30),
    done_in: 2,
  }),
  comment('b', 'And please also as EPS.', { delivery: 1, sent_at: at(-30) }),
  comment('c', 'This blue is too dark.', { file: 'f5', point: { x: 0.7, y: 0.3 } }),
  comment('d', 'A breath too early.', { file: 'f7', seconds: 0.2, author: { ...bea, id: 'v', name: 'Tom' } }),
];

/** Comments is the storage of one fake server. */
export class CommentShelf {
  list: Comment[];

  constructor(list: Comment[]) {
    this.list = list;
  }

  get numbered(): Comment[] {
    return this.list.map((one, i) => ({ ...one, number: i + 1 }));
  }

  /** Marks the comments as sent. */
  send(ids: readonly string[]): void {
    this.list = this.list.map((one) => (ids.includes(one.id) ? { ...one, sent_at: at(0) } : one));
  }

  /** Answers a request about comments; resolves to false for other requests. */
  async answer(request: IncomingMessage, response: ServerResponse, order: Order, body: () => Promise<unknown>) {
    const [, id] = /\/comments(?:\/([^/?]+))?$/.exec(new URL(request.url ?? '/', 'http://x').pathname) ?? [];
    if (!request.url?.includes('/comments')) return false;
    const json = (status: number, type: string, said: unknown) =>
      response.writeHead(status, { 'Content-Type': type }).end(JSON.stringify(said));
    if (id === undefined) {
      json(200, 'application/json', { comments: this.numbered });
    } else if (!order.allowed.includes('write_comment')) {
      const problem = { title: 'Conflict', status: 409, detail: 'conflict', code: 'conflict' };
      json(409, 'application/problem+json', problem);
    } else if (request.method === 'DELETE') {
      this.list = this.list.filter((one) => one.id !== id);
      response.writeHead(204).end();
    } else {
      const written = {
        ...(this.list.find((one) => one.id === id) ?? comment(id, '')),
        ...((await body()) as NewComment),
      };
      const there = this.list.some((one) => one.id === id);
      this.list = there ? this.list.map((one) => (one.id === id ? written : one)) : [...this.list, written];
      json(
        200,
        'application/json',
        this.numbered.find((one) => one.id === id),
      );
    }
    return true;
  }
}
