// The date of tests: `make test-dates` sets its distance from today. Go programs are built with a clock that reads the same.

/** How many milliseconds the tests' clocks are ahead of the machine's. */
export const ahead = Number(process.env.HANDOVER_TEST_CLOCK_SHIFT ?? 0) * 1_000;

/** Sets the clock of dates ahead, or stops it at a time. It also runs inside pages, so it must not use anything from outside. */
export function setClock({ ahead = 0, at }: { ahead?: number; at?: number }): void {
  const Real = Date;
  const now = () => at ?? Real.now() + ahead;
  globalThis.Date = new Proxy(Real, {
    construct: (date, given: [], made) => Reflect.construct(date, given.length === 0 ? [now()] : given, made) as Date,
    apply: () => new Real(now()).toString(),
    get: (date, name) => (name === 'now' ? now : (Reflect.get(date, name) as unknown)),
  });
}
