import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { byName } from './names';

// The server orders the zip by the same table: backend/internal/download/listed_test.go.
const table = new URL('../../../../backend/internal/download/testdata/names.json', import.meta.url);
const lists = JSON.parse(readFileSync(table, 'utf8')) as string[][];

describe('the order of names', () => {
  for (const names of lists)
    it(`is ${names.join(' · ')}`, () => {
      expect(byName([...names].reverse(), (name) => name)).toEqual(names);
      expect(byName([...names].sort(), (name) => name)).toEqual(names);
    });
});
