// A proxy in front of a real server. A test can make it answer in the server's
// place, cut connections, or fall silent.
import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, type Served } from './serve.ts';

/** The proxy's action on a request: pass it on, answer with its own status and page, or cut the connection. */
export type Deed = 'pass' | 'cut' | number;

export class Proxy {
  /** The server's address. */
  target: string;
  /** The path prefix of all requests. The proxy removes it, and answers other paths with not found. */
  below = '';
  /** The action on a request for a path. */
  deed: (path: string) => Deed = () => 'pass';
  /** Changes pages that are passed on. */
  edit: (html: string) => string = (html) => html;
  /** Whether the proxy holds back everything that the server sends. */
  silent = false;
  /** The requested paths. */
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

  /** Ends all running answers. */
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
