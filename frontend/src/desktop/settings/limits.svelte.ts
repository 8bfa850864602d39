import type { Limits } from '$lib/api/views';
import { parseParallel, parseSpan, parseUp, texts, type SpanText } from './limits';

/** SpanForm is the input for a part of the day with its own limit. */
export class SpanForm implements SpanText {
  from = $state('');
  to = $state('');
  up = $state('');

  constructor({ from, to, up }: SpanText) {
    this.from = from;
    this.to = to;
    this.up = up;
  }
}

/** LimitsForm is the input for the limits of uploads. */
export class LimitsForm {
  #begin: Limits;
  #tried = $state(false);

  up = $state('');
  parallel = $state('');
  spans = $state<SpanForm[]>([]);
  slow = $state(false);
  metered = $state(false);
  pauseMetered = $state(false);

  constructor(limits: Limits) {
    this.#begin = limits;
    const { up, parallel, spans } = texts(limits);
    this.up = up;
    this.parallel = parallel;
    this.spans = spans.map((span) => new SpanForm(span));
    this.slow = limits.yield;
    this.metered = limits.metered;
    this.pauseMetered = limits.pauseMetered;
  }

  get upWrong(): boolean {
    return this.#tried && parseUp(this.up) === null;
  }

  get parallelWrong(): boolean {
    return this.#tried && parseParallel(this.parallel) === null;
  }

  spanWrong(span: SpanForm): boolean {
    return this.#tried && parseSpan(span) === null;
  }

  addSpan(): void {
    this.spans.push(new SpanForm({ from: '09:00', to: '18:00', up: '' }));
  }

  removeSpan(span: SpanForm): void {
    this.spans = this.spans.filter((one) => one !== span);
  }

  /** The limits of the form; null for invalid input, which then shows its errors. */
  read(): Limits | null {
    this.#tried = true;
    const up = parseUp(this.up);
    const parallel = parseParallel(this.parallel);
    const schedule = this.spans.map(parseSpan);
    if (up === null || parallel === null || schedule.includes(null)) return null;
    return {
      ...this.#begin,
      up,
      parallel,
      schedule: schedule.filter((span) => span !== null),
      yield: this.slow,
      metered: this.metered,
      pauseMetered: this.pauseMetered,
    };
  }
}
