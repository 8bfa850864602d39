import { describe, expect, it } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { Comment } from '$lib/api/review';
import { clockTime, moved, pointText, spotText } from '$lib/order/place';
import { Comments, MAX_COMMENT, type CommentsApi } from './comments.svelte';

const comment = (id: string, number: number, more: Partial<Comment> = {}): Comment => ({
  id,
  number,
  delivery: 1,
  text: id,
  author: { party: 'buyer', name: 'Bea' },
  own: true,
  written_at: '',
  sent_at: null,
  ...more,
});

/** A fake server with comments, and a fake browser storage. */
function setUp(list: Comment[] = [], answers: Partial<CommentsApi> = {}) {
  const storage = { text: '', get: () => storage.text, set: (text: string) => (storage.text = text) };
  const put: unknown[] = [];
  const api: CommentsApi = {
    comments: async () => list,
    putComment: async (id, body) => {
      put.push([id, body]);
      const number = list.find((one) => one.id === id)?.number ?? list.length + 1;
      const saved = comment(id, number, body);
      list = [...list.filter((one) => one.id !== id), saved];
      return saved;
    },
    deleteComment: async (id) => void (list = list.filter((one) => one.id !== id)),
    ...answers,
  };
  return { comments: new Comments(api, storage), api, storage, put };
}

describe('comments', () => {
  it('are written at a place and then listed', async () => {
    const { comments, put } = setUp();
    comments.begin({ delivery: 1, file: 'f', point: { x: 0.5, y: 0.25 } });
    comments.move({ x: 0.51, y: 0.25 });
    comments.say(' Louder\n');
    const id = comments.writing?.id ?? '';
    expect(id).toMatch(/^[a-z0-9]{24}$/);
    expect(await comments.save()).toBe(true);
    expect(put).toEqual([[id, { delivery: 1, file: 'f', point: { x: 0.51, y: 0.25 }, text: 'Louder' }]]);
    expect([comments.writing, comments.list.length, comments.current]).toEqual([null, 1, id]);
  });

  it('keep what is being written when another place is chosen', () => {
    const { comments } = setUp();
    comments.begin({ delivery: 1, file: 'f', seconds: 3 });
    comments.say('Here');
    const id = comments.writing?.id;
    comments.begin({ delivery: 1, file: 'f', seconds: 5 });
    expect(comments.writing).toEqual({ id, anchor: { delivery: 1, file: 'f', seconds: 5 }, text: 'Here', fresh: true });
  });

  it('survive a reload while they are being written, until they are saved or given up', async () => {
    const { comments, api, storage } = setUp();
    comments.begin({ delivery: 2, file: 'f', page: 3 });
    expect(storage.text).toBe('');
    comments.say('Half a sen');
    const again = new Comments(api, storage);
    expect(again.writing).toEqual(comments.writing);
    await again.save();
    expect(storage.text).toBe('');
    again.edit(comment('b', 2, { line: 4, file: 'f', text: 'Old' }));
    again.say('New');
    expect(new Comments(api, storage).writing).toEqual({
      id: 'b',
      anchor: { delivery: 1, file: 'f', line: 4 },
      text: 'New',
      fresh: false,
    });
    again.cancel();
    expect([storage.text, new Comments(api, storage).writing]).toEqual(['', null]);
  });

  it.each(['', '{', 'null', '7', '{"id":1}', '{"id":"a","anchor":{}}', '{"id":"a","anchor":{"delivery":1}}'])(
    'do without what the browser kept as %s',
    (text) => {
      const { api } = setUp();
      expect(new Comments(api, { get: () => text, set: () => {} }).writing).toBe(null);
    },
  );

  it('are not sent empty or too long', async () => {
    const { comments, put } = setUp();
    expect(await comments.save()).toBe(false);
    comments.begin({ delivery: 1 });
    for (const [text, refusal] of [
      [' \n', 'missing'],
      ['ä'.repeat(MAX_COMMENT + 1), 'too_long'],
    ] as const) {
      comments.say(text);
      expect([await comments.save(), comments.refusal]).toEqual([false, refusal]);
    }
    comments.say('🎬'.repeat(MAX_COMMENT));
    expect([comments.refusal, await comments.save(), put.length]).toEqual(['', true, 1]);
  });

  it('say why they were not taken, and keep the words', async () => {
    for (const [code, refusal] of [
      ['conflict', 'closed'],
      ['unreachable', 'failed'],
    ] as const) {
      const { comments } = setUp([], { putComment: () => Promise.reject(new Failure(code, '')) });
      comments.begin({ delivery: 1 });
      comments.say('Kept');
      expect([await comments.save(), comments.refusal, comments.writing?.text]).toEqual([false, refusal, 'Kept']);
    }
  });

  it('are changed and deleted before they are sent', async () => {
    const { comments, put } = setUp([comment('a', 1, { sent_at: 'x' }), comment('b', 2), comment('c', 3)]);
    await comments.load();
    expect(comments.drafts.map(({ id }) => id)).toEqual(['b', 'c']);
    comments.edit(comments.list[1]!);
    comments.say('Better');
    await comments.save();
    expect([comments.list.map(({ text }) => text), put.length]).toEqual([['a', 'Better', 'c'], 1]);
    comments.edit(comments.list[2]!);
    expect(await comments.remove('c')).toBe(true);
    expect([comments.list.length, comments.writing]).toEqual([2, null]);
  });

  it('show the file that they are about, once', async () => {
    const { comments } = setUp([comment('a', 1, { file: 'f', delivery: 2 })]);
    await comments.load();
    comments.show(comments.list[0]!);
    const files = [{ id: 'f', path: 'f', size: 1, sha256: '' }];
    expect([comments.found(1, files), comments.found(2, []), comments.current]).toEqual([undefined, undefined, 'a']);
    expect(comments.found(2, files)).toBe(files[0]);
    expect(comments.found(2, files)).toBe(undefined);
  });

  it('do not let an old list undo a new comment', async () => {
    let answer: (list: Comment[]) => void = () => {};
    const { comments } = setUp([], { comments: () => new Promise((resolve) => (answer = resolve)) });
    const loading = comments.load();
    comments.begin({ delivery: 1 });
    comments.say('New');
    await comments.save();
    answer([]);
    await loading;
    expect(comments.list.length).toBe(1);
  });
});

describe('places', () => {
  it('read as a player and a book say them', () => {
    expect([0, 14.9, 74, 3_723].map(clockTime)).toEqual(['0:00', '0:14', '1:14', '1:02:03']);
    expect([spotText({ seconds: 14 }), spotText({ page: 3 }), spotText({ line: 12 }), spotText({})]).toEqual([
      'at 0:14',
      'page 3',
      'line 12',
      '',
    ]);
    expect(pointText({ x: 0.5, y: 0.254 })).toBe('50% from the left, 25% from the top');
  });

  it('stay in the picture', () => {
    expect(moved({ x: 0.99, y: 0.005 }, 0.02, -0.01)).toEqual({ x: 1, y: 0 });
    expect(moved({ x: 0.1, y: 0.2 }, 0.1, 0)).toEqual({ x: 0.2, y: 0.2 });
  });
});
