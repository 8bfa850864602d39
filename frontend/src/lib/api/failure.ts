/** Failure is an error that a screen can show: a stable code and an English message. */
export class Failure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
  }

  /**
   * Converts any thrown value to a Failure. Wails passes Go's errors as the
   * message of an Error, so the message may hold the JSON.
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
    // Not JSON: use the text as the message.
  }
  return new Failure('internal', text);
}

/** Whether an answer is a problem of our server. */
export function isProblem(value: unknown): value is Problematic {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';
}
