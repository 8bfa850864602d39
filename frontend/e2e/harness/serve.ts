import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { here } from '../../vite.shared.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

export interface Served {
  url: string;
  close(): Promise<void>;
}

export async function listen(handle: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<Served> {
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends a file of dist/, or 404 for a missing file. */
export async function send(response: ServerResponse, dir: string, path: string): Promise<void> {
  const name = normalize(path).replace(/^([/\\]|\.\.)+/, '');
  try {
    const bytes = await readFile(join(here('./dist'), dir, name));
    response.setHeader('Content-Type', TYPES[extname(name)] ?? 'application/octet-stream');
    // Their names change with their content, so the browser caches them compiled.
    if (name.startsWith('assets/')) response.setHeader('Cache-Control', 'max-age=31536000, immutable');
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

/** Serves the built window. */
export function serveWindow(): Promise<Served> {
  return listen((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    return send(response, 'desktop', pathname === '/' ? 'index.html' : pathname);
  });
}
