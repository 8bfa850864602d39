import { describe, expect, it } from 'vitest';
import { milliseconds } from '$lib/format/span';
import { browserShows, decode, hasRendition, hasThumbnail, isDrawing, kindOf } from './preview';
import { fitting, zoomed } from './zoom';

describe('what can be previewed', () => {
  for (const [type, kind] of [
    ['image/png', 'image'],
    ['IMAGE/JPEG', 'image'],
    ['video/quicktime', 'video'],
    ['audio/mpeg', 'audio'],
    ['text/plain; charset=utf-8', 'text'],
    ['text/html; charset=utf-8', 'text'],
    ['image/svg+xml', 'image'],
    ['application/xhtml+xml', 'text'],
    ['application/json', 'text'],
    ['application/pdf', 'pdf'],
    ['image/tiff', 'image'],
    ['image/heic', 'none'],
    ['application/zip', 'none'],
    ['image/', 'none'],
    ['', 'none'],
    [undefined, 'none'],
  ] as const)
    it(`${type} as ${kind}`, () => {
      const file = { id: '', path: '', size: 1, sha256: '' };
      expect(kindOf(type === undefined ? file : { ...file, type })).toBe(kind);
      expect(kindOf({ ...file, type: type ?? '', size: 0 })).toBe('none');
    });
});

it('what pictures there are of an image', () => {
  const of = (type: string, size: number) => {
    const file = { id: '', path: '', sha256: '', size, type };
    return [hasThumbnail(file), hasRendition(file), browserShows(file), isDrawing(file)];
  };
  for (const type of ['image/png', 'IMAGE/JPEG', 'image/gif', 'image/webp', 'image/bmp']) {
    expect([type, of(type, 40_000)]).toEqual([type, [true, false, true, false]]);
    expect([type, of(type, 4_000_000)]).toEqual([type, [true, true, true, false]]);
  }
  expect(of('image/tiff', 40_000)).toEqual([true, true, false, false]);
  expect(of('image/avif', 4_000_000)).toEqual([false, false, true, false]);
  expect(of('image/svg+xml', 4_000_000)).toEqual([false, false, true, true]);
  for (const type of ['text/png', '', 'image/heic']) expect(of(type, 4_000_000)).toEqual([false, false, false, false]);
  expect(of('image/png', 0)).toEqual([false, false, false, false]);
});

describe('text', () => {
  it('is read by its byte order mark', () => {
    expect(decode(Uint8Array.of(0xff, 0xfe, 0x41, 0, 0xfc, 0))).toBe('Aü');
    expect(decode(Uint8Array.of(0xfe, 0xff, 0, 0x41))).toBe('A');
    expect(decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41))).toBe('A');
  });

  it('loses no more than a character that is cut', () => {
    expect(decode(new TextEncoder().encode('größe').subarray(0, 3))).toBe('gr');
    expect(decode(Uint8Array.of(0x41, 0, 0xfc, 0, 0x42))).toBe('Aü');
  });

  it('is read as what it looks like when nothing says', () => {
    const wide = (text: string, order: (n: number) => number[]) =>
      Uint8Array.from([...text].flatMap((letter) => order(letter.charCodeAt(0))));
    expect(decode(wide('Größe: 12 pt', (n) => [n & 255, n >> 8]))).toBe('Größe: 12 pt');
    expect(decode(wide('Größe: 12 pt', (n) => [n >> 8, n & 255]))).toBe('Größe: 12 pt');
    expect(decode(wide('Größe: 12 €', (n) => [n === 0x20ac ? 0x80 : n]))).toBe('Größe: 12 €');
    expect(decode(Uint8Array.of())).toBe('');
  });

  it('of UTF-8 with a broken byte stays UTF-8', () => {
    const text = new TextEncoder().encode('Größe, Straße, Übung');
    expect(decode(Uint8Array.of(...text, 0xff, 0x42))).toBe('Größe, Straße, Übung\ufffdB');
  });
});

describe('zoom', () => {
  const fit = fitting({ width: 1600, height: 900 }, { width: 400, height: 800 });

  it('fits, and never enlarges for it', () => {
    expect(fit).toBe(0.25);
    expect(fitting({ width: 10, height: 10 }, { width: 400, height: 800 })).toBe(1);
    expect(fitting({ width: 0, height: 0 }, { width: 400, height: 800 })).toBe(1);
  });

  it('enlarges a drawing, which stays sharp', () => {
    expect(fitting({ width: 100, height: 50 }, { width: 400, height: 400 }, true)).toBe(4);
  });

  it('stops at the image’s own size, where it fits, and at the largest', () => {
    expect(zoomed(0.9, 1, fit)).toBe(1);
    expect(zoomed(1.4, -1, fit)).toBe(1);
    expect(zoomed(1, 1, fit)).toBe(1.5);
    expect(zoomed(0.3, -1, fit)).toBe(0);
    expect(zoomed(15, 1, fit)).toBe(16);
  });
});

it('a span of the server', () => {
  expect(['336h0m0s', '1m30s', '1.5s', '250ms'].map(milliseconds)).toEqual([1_209_600_000, 90_000, 1_500, 250]);
  expect(['', 'x', '3', '-1h', '1h2'].map(milliseconds)).toEqual([NaN, NaN, NaN, NaN, NaN]);
});
