import type { Bound, Draft, State } from './bound';
import { Failure } from './failure';

/** Api is the desktop program as the window uses it; every rejection is a Failure. */
export type Api = Bound;

/** The part of Wails' runtime that the window uses. */
interface Runtime {
  EventsOn(name: string, heard: (...data: never[]) => void): () => void;
  OnFileDrop(dropped: (x: number, y: number, paths: string[]) => void, useDropTarget: boolean): void;
}

declare global {
  interface Window {
    go?: { app?: { App?: Bound } };
    runtime?: Runtime;
  }
}

/** What the desktop program tells the window by itself. */
export interface Heard {
  state: (state: State) => void;
  /** The list of orders has changed. */
  orders: () => void;
  /** The order with this id has changed. */
  order: (id: string) => void;
  /** What the order's folder holds has changed; '' for the work folder itself. */
  folder: (id: string) => void;
  /** At most ten a second. */
  draft: (draft: Draft) => void;
  /** There is something for TakeAsked. */
  asked: () => void;
  /** The window shall close while there are uploads, and there is no tray to go to. */
  closing: () => void;
}

/** The bound methods; each call looks them up anew, as Wails sets them late. */
export const api: Api = new Proxy({} as Api, {
  get:
    (_, method: string) =>
    (...args: unknown[]) =>
      call(method, args),
});

async function call(method: string, args: unknown[]): Promise<unknown> {
  const app = window.go?.app?.App as Record<string, ((...args: unknown[]) => Promise<unknown>) | undefined> | undefined;
  const bound = app?.[method];
  if (!bound) throw new Failure('internal', `the program has no method ${method}`);
  try {
    return await bound(...args);
  } catch (thrown) {
    throw Failure.of(thrown);
  }
}

/** Listens until the returned function is called. */
export function on<E extends keyof Heard>(event: E, heard: Heard[E]): () => void {
  return runtime().EventsOn(event, heard as (...data: never[]) => void);
}

/** Hears of files and folders dropped anywhere on the window. Once only. */
export function onFileDrop(dropped: (paths: string[]) => void): void {
  runtime().OnFileDrop((_x, _y, paths) => dropped(paths), false);
}

function runtime(): Runtime {
  if (!window.runtime) throw new Failure('internal', 'the window runs outside of its program');
  return window.runtime;
}
