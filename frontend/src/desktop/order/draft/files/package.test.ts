import { describe, expect, it } from 'vitest';
import type { DraftFile } from '$lib/api/views';
import { wholeOf } from './package';

const PATH = 'Song.logicx';
const none = { code: '', message: '' };
const file = (name: string, more: Partial<DraftFile> = {}): DraftFile => ({
  ...{ path: `${PATH}/${name}`, source: name, size: 10, sent: 10, state: 'verified', sha256: '' },
  ...{ taken: false, problem: none, inFolder: false },
  ...more,
});
const done = file('done');
const queued = file('queued', { state: 'queued', sent: 0 });
const settling = file('settling', { state: 'settling', sent: 0 });
const checking = file('checking', { state: 'checking', sent: 4 });
const uploading = file('uploading', { state: 'uploading', sent: 3 });
const broken = file('deep/broken', { state: 'problem', sent: 0, problem: { code: 'file_unreadable', message: '' } });

describe('a package', () => {
  for (const [state, sent, ...files] of [
    ['verified', 20, done, file('b')],
    ['queued', 10, done, queued],
    ['settling', 10, done, queued, settling],
    ['checking', 14, done, queued, checking],
    ['uploading', 23, done, uploading, checking, queued],
    ['problem', 13, done, uploading, broken],
  ] as const)
    it(`is ${state} when the file is that most needs the seller`, () => {
      const whole = wholeOf(PATH, files);
      expect(whole.file).toMatchObject({ path: PATH, state, sent, size: files.length * 10 });
      expect(whole.count).toBe(files.length);
    });

  it('names the file with the problem, and all to try again', () => {
    const other = file('other', { state: 'problem', problem: { code: 'disk_full', message: '' } });
    const whole = wholeOf(PATH, [done, broken, other]);
    expect([whole.at, whole.file.problem.code]).toEqual(['broken', 'file_unreadable']);
    expect(whole.problems).toEqual([broken.path, other.path]);
    expect(wholeOf(PATH, [done, queued])).toMatchObject({ at: '', problems: [] });
  });

  it('stays in the draft with the order’s folder, and is taken when all of it is', () => {
    const [taken, inFolder] = [file('t', { taken: true }), file('f', { inFolder: true })];
    expect(wholeOf(PATH, [done, inFolder]).file.inFolder).toBe(true);
    expect([wholeOf(PATH, [taken]).file.taken, wholeOf(PATH, [taken, done]).file.taken]).toEqual([true, false]);
  });
});
