/** Failure is every error that a screen may show: a stable code and plain words. */
export class Failure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
  }

  /**
   * Makes a Failure of whatever was thrown or rejected. Wails wraps what Go
   * returned as the text of an Error, so the JSON is looked for there as well.
   */
  static of(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    if (thrown instanceof Error) return Failure.of(thrown.message);
    if (typeof thrown === 'string') return fromText(thrown);
    if (isProblem(thrown)) return new Failure(thrown.code, thrown.message ?? thrown.detail ?? '');
    return new Failure('internal', '');
  }
}

interface Problematic {
  code: string;
  message?: string;
  detail?: string;
}

function fromText(text: string): Failure {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isProblem(parsed)) return Failure.of(parsed);
  } catch {
    // It is plain words.
  }
  return new Failure('internal', text);
}

/** Whether an answer is the body of a problem, as only our server sends it. */
export function isProblem(value: unknown): value is Problematic {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';
}
