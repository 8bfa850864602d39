import { beforeEach, describe, expect, it } from 'vitest';
import { language } from '../i18n/language.svelte';
import { day, fullMoment, moment } from './dates';
import { price, rate, size } from './numbers';
import { DAY, HOUR, inSpan, MINUTE, SECOND, span, timeLeft } from './span';
import { fileName, isLink, length, shortHash } from './text';

const plain = (text: string) => text.replace(/[\u00a0\u202f\u2009]/g, ' ');

beforeEach(() => language.choose('en'));

describe('sizes', () => {
  for (const [bytes, en, de] of [
    [0, '0 bytes', '0 Byte'],
    [1, '1 byte', '1 Byte'],
    [999, '999 bytes', '999 Byte'],
    [1_000, '1 kB', '1 kB'],
    [1_234, '1.2 kB', '1,2 kB'],
    [999_960, '1 MB', '1 MB'],
    [999_999_999, '1 GB', '1 GB'],
    [1_000_000_000, '1 GB', '1 GB'],
    [5_000_000_000, '5 GB', '5 GB'],
    [123_456_789_000, '123 GB', '123 GB'],
    [2_000_000_000_000, '2 TB', '2 TB'],
  ] as const)
    it(`${bytes}`, () => {
      expect(plain(size(bytes))).toBe(en);
      language.choose('de');
      expect(plain(size(bytes))).toBe(de);
    });

  it('speeds', () => {
    expect(plain(rate(24_800_000))).toBe('24.8 MB/s');
    language.choose('de');
    expect(plain(rate(24_800_000))).toBe('24,8 MB/s');
  });
});

describe('spans', () => {
  for (const [ms, en, de, inDe] of [
    [2 * DAY + 23 * HOUR + 59 * MINUTE, '2 days 23 h', '2 Tage 23 Std.', 'in 2 Tagen 23 Std.'],
    [DAY + 30 * MINUTE, '1 day', '1 Tag', 'in 1 Tag'],
    [5 * HOUR + 20 * MINUTE + 59 * SECOND, '5 h 20 min', '5 Std. 20 Min.', 'in 5 Std. 20 Min.'],
    [5 * HOUR, '5 h', '5 Std.', 'in 5 Std.'],
    [42 * MINUTE + 30 * SECOND, '42 min', '42 Min.', 'in 42 Min.'],
    [9 * MINUTE + 5 * SECOND, '9 min 5 s', '9 Min. 5 Sek.', 'in 9 Min. 5 Sek.'],
    [45 * SECOND + 900, '45 s', '45 Sek.', 'in 45 Sek.'],
    [-1, '0 s', '0 Sek.', 'in 0 Sek.'],
  ] as const)
    it(en, () => {
      expect(span(ms)).toBe(en);
      expect(inSpan(ms)).toBe(`in ${en}`);
      language.choose('de');
      expect(span(ms)).toBe(de);
      expect(inSpan(ms)).toBe(inDe);
    });
});

describe('what an upload still takes', () => {
  for (const [seconds, text] of [
    [-1, 'time left unknown'],
    [0, '1 s left'],
    [59, '59 s left'],
    [61, '2 min left'],
    [3_600, '1 h left'],
    [200_000, '2 days 7 h left'],
  ] as const)
    it(text, () => expect(timeLeft(seconds)).toBe(text));
});

describe('dates', () => {
  const at = new Date(2026, 10, 27, 14, 20);
  const now = new Date(2026, 10, 24);

  it('name the weekday, and the year only when it is another', () => {
    expect(moment(at, now)).toBe('Fri 27 Nov, 14:20');
    expect(moment(at, new Date(2027, 0, 2))).toContain('2026');
    expect(day(at, now)).toBe('27 Nov');
    language.choose('de');
    expect(moment(at, now)).toBe('Fr., 27. Nov., 14:20');
  });

  it('say their zone in full', () => {
    expect(fullMoment(at, now)).toMatch(/^Friday,? 27 November at 14:20 \S+/);
    language.choose('de');
    expect(fullMoment(at, now)).toMatch(/^Freitag, 27\. November um 14:20 \S+/);
  });

  it('are nothing when there is none', () => expect(moment('')).toBe(''));
});

describe('money and text', () => {
  it('prices', () => {
    expect(plain(price('1150.00', 'EUR'))).toBe('€1,150.00');
    expect(price('', 'EUR')).toBe('');
    language.choose('de');
    expect(plain(price('1150.00', 'EUR'))).toBe('1.150,00 €');
  });

  it('counts code points, not code units', () => {
    expect(length('Größe')).toBe(5);
    expect(length('🎬'.repeat(2_500))).toBe(2_500);
    expect(length('e\u0301')).toBe(2);
  });

  it('names files of every system', () => {
    expect(fileName('/home/mara/film.mov')).toBe('film.mov');
    expect(fileName('C:\\Users\\Mara\\film.mov')).toBe('film.mov');
    expect(fileName('film/')).toBe('film');
  });

  it('takes only https links with a host and no password', () => {
    expect(isLink('https://cloud.example.org/s/1?x=ü')).toBe(true);
    for (const bad of [
      '',
      'cloud.example.org',
      'http://example.org',
      'javascript:alert(1)',
      'https://a:b@example.org',
      'https://',
    ])
      expect([bad, isLink(bad)]).toEqual([bad, false]);
  });

  it('shortens a hash', () => expect(shortHash('0123456789abcdef'.repeat(4))).toBe('01234567…cdef'));
});
