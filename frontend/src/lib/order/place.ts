import { m } from '$lib/paraglide/messages';
import { count, percent } from '../format/numbers';

/** The place of a comment in a file. Missing or 0 means none. */
export interface Spot {
  point?: { x: number; y: number };
  seconds?: number;
  page?: number;
  line?: number;
}

/** A time in a recording, as players show it: 0:14, 1:02:03. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, min, s] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`;
}

/** The place as text: at 0:14, page 3, line 12; '' for none. */
export function spotText({ seconds, page, line }: Spot): string {
  if (seconds !== undefined) return m.comment_at({ time: clockTime(seconds) });
  if (page) return m.comment_page({ n: count(page) });
  return line ? m.comment_line({ n: count(line) }) : '';
}

/** The position of a point, for screen readers. */
export function pointText({ x, y }: { x: number; y: number }): string {
  return m.comment_point({ x: percent(x), y: percent(y) });
}

/** The point moved by fractions of the picture and kept inside it. */
export function moved({ x, y }: { x: number; y: number }, dx: number, dy: number): { x: number; y: number } {
  const kept = (v: number) => Math.min(1, Math.max(0, Math.round(v * 10_000) / 10_000));
  return { x: kept(x + dx), y: kept(y + dy) };
}
