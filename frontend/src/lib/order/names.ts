const DIGITS = /^\d/;

/**
 * Compares two names of files or folders. Every list and the zip sort by it, so
 * it depends on no language: case and accents do not count, numbers count as
 * numbers, and the rest goes by code points. Names that are equal so far go by
 * the code points that they are written with.
 */
export function byName(a: string, b: string): number {
  return compareParts(parts(a), parts(b)) || compareText(a, b);
}

function parts(name: string): string[] {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss');
  return plain.match(/\d+|\D+/g) ?? [];
}

function compareParts(a: string[], b: string[]): number {
  for (let n = 0; n < Math.min(a.length, b.length); n++) {
    const numbers = DIGITS.test(a[n]!) && DIGITS.test(b[n]!);
    const order = (numbers ? compareNumbers : compareText)(a[n]!, b[n]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Of any length, which a number of the language could not hold. */
function compareNumbers(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || compareText(x, y);
}

function compareText(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let n = 0; n < Math.min(x.length, y.length); n++) {
    const order = x[n]!.codePointAt(0)! - y[n]!.codePointAt(0)!;
    if (order !== 0) return order;
  }
  return x.length - y.length;
}
