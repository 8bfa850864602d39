import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageOf, PACKAGES } from './packages';

// The program has the same table: app/internal/leftout/builtin_test.go.
const table = new URL('../../../../app/internal/leftout/testdata/packages.json', import.meta.url);
const names = JSON.parse(readFileSync(table, 'utf8')) as string[];

describe('packages', () => {
  it('are those of the program', () => expect([...PACKAGES].map((name) => `.${name}`).sort()).toEqual(names));

  for (const [path, found] of [
    ['Show.app/Contents/Info.plist', 'Show.app'],
    ['Tools/Show.app/Contents/F.framework/F', 'Tools/Show.app'],
    ['Text.RTFD/TXT.rtf', 'Text.RTFD'],
    ['Deck.key', ''],
    ['app/main.ts', ''],
    ['a/b/c.txt', ''],
  ])
    it(`are found in ${path}`, () => expect(packageOf(path!)).toBe(found));
});
