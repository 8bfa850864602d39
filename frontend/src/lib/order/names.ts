/**
 * Sorts by name as people expect, in the same way for every language: ignores case and accents, and compares numbers by
 * value. The zip of a delivery has the same order: backend/internal/download/listed.go.
 */
export function byName<T>(things: readonly T[], nameOf: (thing: T) => string): T[] {
  const keyed = things.map((thing) => ({ thing, name: nameOf(thing), key: folded(nameOf(thing)) }));
  keyed.sort((a, b) => compare(a.key, b.key) || compareText([...a.name], [...b.name]));
  return keyed.map(({ thing }) => thing);
}

/** A name as numbers and single characters, without accents and case. */
function folded(name: string): string[] {
  const plain = name
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[ßẞ]/g, 'ss');
  // Character by character, because the lower case of "Σ" depends on its neighbours.
  return (plain.match(/[0-9]+|[^0-9]/gu) ?? []).map((part) => part.toLowerCase());
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const [x = '', y = ''] = [a[i], b[i]];
    const found = isNumber(x) && isNumber(y) ? compareNumbers(x, y) : compareText([...x], [...y]);
    if (found !== 0) return found;
  }
  return a.length - b.length;
}

const isNumber = (part: string) => /^[0-9]/.test(part);

function compareNumbers(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+(?=.)/, ''), b.replace(/^0+(?=.)/, '')];
  return x.length - y.length || compareText([...x], [...y]);
}

/** Compares code points; "<" compares UTF-16 units. */
function compareText(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const found = (a[i]?.codePointAt(0) ?? 0) - (b[i]?.codePointAt(0) ?? 0);
    if (found !== 0) return found;
  }
  return a.length - b.length;
}
