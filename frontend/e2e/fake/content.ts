// The content of delivered files, as the real server sends it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { deflateSync } from 'node:zlib';
import type { Order } from './review.ts';

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
};

/** The server's policy for an SVG. */
const DRAWING = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

/** File contents by id. */
export type Contents = Record<string, Buffer>;

/** Answers requests for a file, its preview, an archive or a receipt of a delivery. */
export function contentOf(
  request: IncomingMessage,
  response: ServerResponse,
  order: Order,
  contents: Contents = {},
): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname.endsWith('/archive.zip')) return archive(request, response, order, searchParams.get('files'));
  if (pathname.endsWith('/thumbnail')) return thumbnail(response, pathname, order);
  if (pathname.endsWith('/rendition')) return rendition(response, pathname, order);
  if (!pathname.endsWith('/preview')) return void response.end('bytes of the file');
  const file = fileOf(pathname, order);
  const type = file?.type ?? '';
  const bytes = contents[file?.id ?? ''] ?? previews[type];
  if (!bytes) return void response.writeHead(404).end();
  const [from = 0, to = bytes.length - 1] = (/^bytes=(\d+)-(\d+)?/.exec(request.headers.range ?? '') ?? [])
    .slice(1)
    .map((n) => (n ? Number(n) : undefined));
  const part = bytes.subarray(from, to + 1);
  const headers = {
    ...HEADERS,
    'Content-Type': type === 'application/pdf' ? 'application/octet-stream' : type,
    ...(type === 'image/svg+xml' && { 'Content-Security-Policy': DRAWING }),
    'Accept-Ranges': 'bytes',
    'Content-Length': part.length,
  };
  const range = `bytes ${from}-${from + part.length - 1}/${bytes.length}`;
  response.writeHead(request.headers.range ? 206 : 200, {
    ...headers,
    ...(request.headers.range && { 'Content-Range': range }),
  });
  response.end(part);
}

function fileOf(pathname: string, order: Order) {
  const [, number, id] = /\/deliveries\/(\d+)\/files\/([^/]+)\//.exec(pathname) ?? [];
  return order.deliveries
    .find((one) => one.number === Number(number))
    ?.files.find((file) => file.id === decodeURIComponent(id ?? ''));
}

/** Like the server, it has no picture of a damaged file; the file name marks one. */
function thumbnail(response: ServerResponse, pathname: string, order: Order) {
  const file = fileOf(pathname, order);
  if (!PICTURED.test(file?.type ?? '') || file?.path.includes('broken')) return void response.writeHead(204).end();
  response.writeHead(200, { ...HEADERS, 'Content-Type': 'image/png' }).end(small);
}

/** Like the server, it sends the size of the original image. */
function rendition(response: ServerResponse, pathname: string, order: Order) {
  const file = fileOf(pathname, order);
  if (!PICTURED.test(file?.type ?? '') || file?.path.includes('broken')) return void response.writeHead(204).end();
  response.writeHead(200, { ...HEADERS, 'Content-Type': 'image/png', 'Handover-Original-Size': '3200x1800' });
  response.end(large);
}

function archive(request: IncomingMessage, response: ServerResponse, order: Order, ids: string | null) {
  const files = order.deliveries.at(-1)?.files.filter(({ id }) => ids === null || ids.split(',').includes(id)) ?? [];
  const length = files.reduce((sum, file) => sum + file.size + 150, 22);
  response.setHeader('Content-Type', 'application/zip');
  if (request.method === 'HEAD') response.setHeader('Content-Length', length);
  response.end(request.method === 'HEAD' ? undefined : files.map(({ path }) => path).join('\n'));
}

const PICTURED = /^image\/(png|jpeg|tiff)$/;
const small = png(160, 90);
const large = png(800, 450);

const previews: Record<string, Buffer> = {
  'image/png': png(1600, 900),
  'image/jpeg': png(3200, 1800),
  'audio/wav': wav(),
  'text/plain; charset=utf-8': Buffer.from('Größe der Schrift: 12 pt\n<script>alert(1)</script>\n'.repeat(12_000)),
  'video/mp4': Buffer.from('this is no video'),
};

/** A picture with a gradient and a grid. */
export function png(width: number, height: number): Buffer {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      const line = x % 100 === 0 || y % 100 === 0 ? 60 : 0;
      rows[at] = 20 + line;
      rows[at + 1] = 70 + Math.floor((y / height) * 80) + line;
      rows[at + 2] = 120 + Math.floor((x / width) * 60) + line;
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

/** Half a second of silence, as 8 kHz PCM. */
function wav(): Buffer {
  const data = Buffer.alloc(4_000, 128);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
