import { describe, expect, it } from 'vitest';
import { Failure } from './failure';
import { knownCodes, problemText, signInText } from './problem';
import { language } from '../i18n/language.svelte';

describe('a failure is made of', () => {
  const json = JSON.stringify({ code: 'no_files', message: 'neither' });
  for (const [name, thrown, code, message] of [
    ['an object', { code: 'no_files', message: 'neither' }, 'no_files', 'neither'],
    ['JSON', json, 'no_files', 'neither'],
    ['an Error around JSON, as Wails makes it', new Error(json), 'no_files', 'neither'],
    ['a problem of the server', { code: 'conflict', detail: 'not now', status: 409 }, 'conflict', 'not now'],
    ['plain words', 'disk on fire', 'internal', 'disk on fire'],
    ['an Error', new Error('disk on fire'), 'internal', 'disk on fire'],
    ['something else', 42, 'internal', ''],
    ['JSON without a code', '{"a":1}', 'internal', '{"a":1}'],
    ['nothing', undefined, 'internal', ''],
  ] as const)
    it(name, () => {
      const failure = Failure.of(thrown);
      expect([failure.code, failure.message]).toEqual([code, message]);
      expect(Failure.of(failure)).toBe(failure);
    });
});

describe('every code has words', () => {
  for (const locale of ['en', 'de'] as const)
    it(locale, () => {
      language.choose(locale);
      for (const code of knownCodes) expect(problemText({ code, message: '' }).length).toBeGreaterThan(10);
      expect(problemText({ code: 'new_code', message: 'plain words' })).toBe('plain words');
      expect(signInText({ code: 'unauthorised', message: '' })).not.toBe(
        problemText({ code: 'unauthorised', message: '' }),
      );
    });
});
