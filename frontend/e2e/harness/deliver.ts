// Delivers to a real server through its HTTP interface, as any program could.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { server, type Programs } from './programs.ts';

export type Files = Record<string, Buffer>;

export interface Delivered {
  url: string;
  review: string;
  order: string;
  token: string;
  /** The files of the last delivery, by path. */
  ids: Record<string, string>;
}

/** Starts a server and makes one delivery of each set of files. */
export async function delivered(programs: Programs, ...deliveries: Files[]): Promise<Delivered> {
  const data = join(programs.home, 'server');
  const url = await programs.serve(data);
  const user = ['user', 'add', '--data', data, '--email', 'mara@example.com', '--name', 'Mara', '--password-file', '-'];
  await programs.run(server!, user, 'correct horse battery');
  const json = async (path: string, body: unknown, token = '', key = path): Promise<Record<string, unknown>> => {
    const headers = {
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
      ...(token && { Authorization: `Bearer ${token}` }),
    };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const session = await json('/api/v1/session', { email: 'mara@example.com', password: 'correct horse battery' });
  const token = String(session.token);
  const due_at = new Date(Date.now() + 48 * 3_600_000).toISOString();
  const client = { name: 'Jonas', email: 'jonas@example.org' };
  const placed = await json('/api/v1/orders', { title: 'Website', buyer: client, due_at }, token);
  const order = String(placed.id);
  let ids: Record<string, string> = {};
  for (const [n, files] of deliveries.entries()) {
    const uploads = [];
    for (const [path, bytes] of Object.entries(files)) {
      const upload = await send(url, token, order, path, bytes);
      uploads.push({ upload, path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    }
    const body = { description: 'The website.', files: uploads };
    await json(`/api/v1/orders/${order}/deliveries`, body, token, `delivery-${n}`);
    ids = Object.fromEntries(uploads.map(({ path, upload }) => [path, upload]));
  }
  return { url, review: String(placed.review_url), order, token, ids };
}

/** Sends a file by tus; resolves to the upload's id. */
async function send(url: string, token: string, order: string, path: string, bytes: Buffer): Promise<string> {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const common = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' };
  const metadata = `order ${encode(order)},path ${encode(path)}`;
  const made = await fetch(`${url}/uploads/`, {
    method: 'POST',
    headers: { ...common, 'Upload-Length': String(bytes.length), 'Upload-Metadata': metadata },
  });
  const location = new URL(made.headers.get('Location') ?? '', url);
  const type = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' };
  const sent = await fetch(location, { method: 'PATCH', headers: { ...common, ...type }, body: new Uint8Array(bytes) });
  if (sent.status !== 204) throw new Error(`upload of ${path}: ${sent.status} ${await sent.text()}`);
  return location.pathname.split('/').at(-1) ?? '';
}
