import type { Bound, Draft, State } from './bound';
import { Failure } from './failure';

/** The part of Wails' runtime that the window uses. */
interface Runtime {
  EventsOn(name: string, heard: (...data: never[]) => void): () => void;
  OnFileDrop(dropped: (x: number, y: number, paths: string[]) => void, useDropTarget: boolean): void;
}

declare global {
  interface Window {
    go?: { app?: Bound };
    runtime?: Runtime;
  }
}

/** The events that the desktop program sends. */
export interface Heard {
  state: (state: State) => void;
  /** The list of orders has changed. */
  orders: () => void;
  /** The order with this id has changed. */
  order: (id: string) => void;
  /** The files in the order's folder have changed; '' for the work folder itself. */
  folder: (id: string) => void;
  /** At most ten a second. */
  draft: (draft: Draft) => void;
  /** A request waits for TakeAsked. */
  asked: () => void;
  /** The seller closes the window during uploads, and there is no tray. */
  closing: () => void;
}

/**
 * The bound types. Each call looks its method up, because Wails sets the methods late. Every
 * rejection is a Failure.
 */
export const api: Bound = {
  App: methods('App'),
  Orders: methods('Orders'),
  Drafts: methods('Drafts'),
  Transfers: methods('Transfers'),
  Folder: methods('Folder'),
};

function methods<T extends keyof Bound>(type: T): Bound[T] {
  return new Proxy({} as Bound[T], {
    get:
      (_, method: string) =>
      (...args: unknown[]) =>
        call(type, method, args),
  });
}

async function call(type: keyof Bound, method: string, args: unknown[]): Promise<unknown> {
  const owner = window.go?.app?.[type] as Record<string, (...args: unknown[]) => Promise<unknown>> | undefined;
  const bound = owner?.[method];
  if (!bound) throw new Failure('internal', `the program has no method ${type}.${method}`);
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

/** Receives the files and folders that are dropped on the window. Call it only once. */
export function onFileDrop(dropped: (paths: string[]) => void): void {
  runtime().OnFileDrop((_x, _y, paths) => dropped(paths), false);
}

function runtime(): Runtime {
  if (!window.runtime) throw new Failure('internal', 'the window runs outside of its program');
  return window.runtime;
}
