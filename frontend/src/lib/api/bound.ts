import type { Attached, Draft, Finding, OrderList, OrderPage, State } from './views';

/** What the desktop program binds as window.go.app.App. */
export interface Bound {
  State(): Promise<State>;
  TryOut(): Promise<State>;
  SignIn(server: string, email: string, password: string, insecure: boolean): Promise<State>;
  SignOut(): Promise<State>;
  DismissRecovery(): Promise<State>;
  Orders(): Promise<OrderList>;
  Order(id: string): Promise<OrderPage>;
  ChooseFiles(id: string): Promise<Attached>;
  ChooseFolder(id: string): Promise<Attached>;
  Attach(id: string, paths: string[]): Promise<Attached>;
  AttachLink(id: string, url: string, label: string): Promise<Draft>;
  DetachLink(id: string, url: string): Promise<Draft>;
  Detach(id: string, path: string): Promise<Draft>;
  Retry(id: string, path: string): Promise<Draft>;
  Describe(id: string, text: string): Promise<Draft>;
  Preflight(id: string): Promise<Finding[]>;
  Deliver(id: string, confirmNoFiles: boolean): Promise<OrderPage>;
  CancelDeliver(id: string): Promise<Draft>;
  OpenReview(id: string): Promise<void>;
  DiscardDraft(id: string): Promise<Draft>;
}

/** The part of Wails' runtime that the window uses. */
export interface Runtime {
  EventsOn(name: string, heard: (...data: never[]) => void): () => void;
  OnFileDrop(dropped: (x: number, y: number, paths: string[]) => void, useDropTarget: boolean): void;
}

declare global {
  interface Window {
    go?: { app?: { App?: Bound } };
    runtime?: Runtime;
  }
}
