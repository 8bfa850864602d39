/** A line of a comparison. Line numbers count from 1. */
export interface Row {
  kind: 'same' | 'gone' | 'new';
  before?: number;
  after?: number;
  parts: Part[];
}

/** A piece of a line, and whether it changed. */
export interface Part {
  text: string;
  changed: boolean;
}

/** A run of equal lines far from any change. */
export interface Skipped {
  kind: 'skipped';
  lines: number;
}

type Step = 'same' | 'gone' | 'new';

/** With more changes than this, two texts count as completely different. */
const MOST_CHANGES = 1_500;
const MOST_WORDS = 400;
const MOST_WORD_CHANGES = 120;
/** How many equal lines are shown around a change. */
const AROUND = 3;

/** Compares the lines of two texts. */
export function diff(before: string, after: string): Row[] {
  const a = lines(before);
  const b = lines(after);
  const rows: Row[] = [];
  let x = 0;
  let y = 0;
  for (const step of steps(a, b, MOST_CHANGES)) {
    const parts = [{ text: (step === 'new' ? b[y] : a[x]) ?? '', changed: false }];
    if (step === 'same') rows.push({ kind: step, before: ++x, after: ++y, parts });
    else if (step === 'gone') rows.push({ kind: step, before: ++x, parts });
    else rows.push({ kind: step, after: ++y, parts });
  }
  markWords(rows);
  return rows;
}

/** Replaces equal lines far from any change with their number. */
export function folded(rows: readonly Row[]): (Row | Skipped)[] {
  const near = new Uint8Array(rows.length);
  rows.forEach(({ kind }, n) => kind !== 'same' && near.fill(1, Math.max(0, n - AROUND), n + AROUND + 1));
  const out: (Row | Skipped)[] = [];
  rows.forEach((row, n) => {
    const last = out.at(-1);
    if (near[n]) out.push(row);
    else if (last?.kind === 'skipped') last.lines++;
    else out.push({ kind: 'skipped', lines: 1 });
  });
  return out;
}

function lines(text: string): string[] {
  const all = text.split(/\r\n|\n|\r/);
  if (all.at(-1) === '') all.pop();
  return all;
}

/**
 * The shortest edit script between two lists (Myers, "An O(ND) Difference
 * Algorithm", 1986), removals first. With more changes than most, everything is
 * removed and added.
 */
function steps(a: readonly string[], b: readonly string[], most: number): Step[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const same = (n: number): Step[] => Array<Step>(n).fill('same');
  const middle = between(a.slice(head, a.length - tail), b.slice(head, b.length - tail), most);
  return [...same(head), ...middle, ...same(tail)];
}

function between(a: readonly string[], b: readonly string[], most: number): Step[] {
  const limit = Math.min(most, a.length + b.length);
  const middle = limit + 1;
  const reach = new Int32Array(2 * limit + 3); // the furthest index in a on each diagonal; diagonal 0 is in the middle
  const trace: Int32Array[] = []; // for each round d: diagonals -d - 1 … d + 1 before the round
  for (let d = 0; d <= limit; d++) {
    trace.push(reach.slice(middle - d - 1, middle + d + 2));
    for (let k = -d; k <= d; k += 2) {
      let x = isNew(reach, middle, k, d) ? reach[middle + k + 1]! : reach[middle + k - 1]! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach[middle + k] = x;
      if (x >= a.length && x - k >= b.length) return back(trace, a.length, b.length);
    }
  }
  return [...Array<Step>(a.length).fill('gone'), ...Array<Step>(b.length).fill('new')];
}

/** Whether round d reaches diagonal k by adding a line of b, not by removing one of a. */
function isNew(reach: Int32Array, middle: number, k: number, d: number): boolean {
  return k === -d || (k !== d && reach[middle + k - 1]! < reach[middle + k + 1]!);
}

/** Walks back from the end along the trace of each round. */
function back(trace: readonly Int32Array[], x: number, y: number): Step[] {
  const out: Step[] = [];
  for (let d = trace.length - 1; d > 0; d--) {
    const [reach, middle, k] = [trace[d]!, d + 1, x - y];
    const added = isNew(reach, middle, k, d);
    const from = reach[middle + (added ? k + 1 : k - 1)]!;
    for (const start = added ? from : from + 1; x > start; x--, y--) out.push('same');
    out.push(added ? 'new' : 'gone');
    if (added) y--;
    else x--;
  }
  for (; x > 0; x--) out.push('same');
  return out.reverse();
}

/** Marks the changed words in lines that replace each other. */
function markWords(rows: Row[]): void {
  for (let n = 0; n < rows.length;) {
    const gone = run(rows, n, 'gone');
    const added = run(rows, n + gone, 'new');
    for (let i = 0; i < Math.min(gone, added); i++) markPair(rows[n + i]!, rows[n + gone + i]!);
    n += Math.max(1, gone + added);
  }
}

function run(rows: readonly Row[], from: number, kind: Step): number {
  let n = from;
  while (rows[n]?.kind === kind) n++;
  return n - from;
}

function markPair(gone: Row, added: Row): void {
  const a = words(gone.parts[0]?.text ?? '');
  const b = words(added.parts[0]?.text ?? '');
  if (a.length > MOST_WORDS || b.length > MOST_WORDS) return;
  const way = steps(a, b, MOST_WORD_CHANGES);
  const [left, right] = [
    joined(
      a,
      way.filter((step) => step !== 'new'),
    ),
    joined(
      b,
      way.filter((step) => step !== 'gone'),
    ),
  ];
  const stayed = left.filter(({ changed }) => !changed).map(({ text }) => text);
  if (3 * weight(stayed) < Math.max(weight(a), weight(b))) return; // too different to be versions of one line
  gone.parts = left;
  added.parts = right;
}

/** The number of visible characters. */
const weight = (texts: readonly string[]) => texts.join('').replace(/\s/g, '').length;
const words = (line: string) => line.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

function joined(texts: readonly string[], way: readonly Step[]): Part[] {
  const parts: Part[] = [];
  texts.forEach((text, n) => {
    const changed = way[n] !== 'same';
    const last = parts.at(-1);
    if (last?.changed === changed) last.text += text;
    else parts.push({ text, changed });
  });
  return parts;
}
