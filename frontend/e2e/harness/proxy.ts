// A proxy before a real server, which answers in its place, cuts or falls silent
// as a test wants.
import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, type Served } from './serve.ts';

/** What the proxy does with a request: passes it on, answers with a status and a page of its own, or cuts. */
export type Deed = 'pass' | 'cut' | number;

export class Proxy {
  /** Where the server is. */
  target: string;
  /** The path that all requests are below, which it takes away from what it passes on; the rest is not found. */
  below = '';
  /** What happens to a request for a path. */
  deed: (path: string) => Deed = () => 'pass';
  /** Changes the pages that are passed on. */
  edit: (html: string) => string = (html) => html;
  /** Whether nothing of what the server sends comes through. */
  silent = false;
  /** The paths that were asked for. */
  asked: string[] = [];
  #open = new Set<ServerResponse>();
  #served: Served | undefined;

  constructor(target: string) {
    this.target = target;
  }

  get url(): string {
    return this.#served?.url ?? '';
  }

  async start(): Promise<this> {
    this.#served = await listen((request, response) => this.#handle(request, response));
    return this;
  }

  async close(): Promise<void> {
    await this.#served?.close();
  }

  /** Ends every answer that is under way. */
  cut(): void {
    for (const response of this.#open) response.destroy();
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    this.asked.push(path);
    const deed = path.startsWith(this.below) ? this.deed(path) : 404;
    if (deed === 'cut') return void response.destroy();
    if (deed !== 'pass') {
      response.writeHead(deed, { 'Content-Type': 'text/html' }).end('<h1>Bad gateway</h1>');
      return;
    }
    this.#open.add(response);
    const { hostname, port } = new URL(this.target);
    const { method, headers } = request;
    const onward = send({ hostname, port, method, headers, path: path.slice(this.below.length) }, (answer) =>
      this.#answer(answer, response),
    );
    onward.on('error', () => response.destroy());
    response.on('close', () => {
      this.#open.delete(response);
      onward.destroy();
    });
    request.pipe(onward);
  }

  #answer(answer: IncomingMessage, response: ServerResponse): void {
    const page = answer.headers['content-type']?.startsWith('text/html');
    const headers = { ...answer.headers };
    if (page) delete headers['content-length'];
    response.writeHead(answer.statusCode ?? 502, headers);
    let html = '';
    answer.on('data', (data: Buffer) => {
      if (page) html += String(data);
      else if (!this.silent) response.write(data);
    });
    answer.on('end', () => response.end(page ? this.edit(html) : undefined));
    answer.on('error', () => response.destroy());
  }
}
