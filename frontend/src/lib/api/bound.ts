import type { ImportPreview, PlacedImport } from './views.import';
import type { Attached, Draft, Finding, OrderList, OrderPage, State } from './views';
import type {
  BuyerLink,
  CancellationAnswer,
  Earnings,
  Limits,
  NewOrder,
  OrderEdit,
  OrderEvent,
  PlacedOrder,
  TransferList,
} from './views.life';

/** What the desktop program binds as window.go.app.App. */
export interface Bound {
  State(): Promise<State>;
  TryOut(): Promise<State>;
  SignIn(server: string, email: string, password: string, insecure: boolean): Promise<State>;
  SignOut(): Promise<State>;
  DismissRecovery(): Promise<State>;
  /** What came after the mark of an earlier part; 0 begins anew. */
  Orders(mark: number): Promise<OrderList>;
  SeeOrder(id: string, messages: boolean): Promise<void>;
  Order(id: string): Promise<OrderPage>;
  ChooseFiles(id: string): Promise<Attached>;
  ChooseFolder(id: string): Promise<Attached>;
  Attach(id: string, paths: string[]): Promise<Attached>;
  AttachLink(id: string, url: string, label: string): Promise<Draft>;
  DetachLink(id: string, url: string): Promise<Draft>;
  Detach(id: string, path: string): Promise<Draft>;
  /** Takes back what Detach just did. */
  Restore(id: string, path: string): Promise<Draft>;
  /** Gives the files an order; none goes back to the usual one. */
  Arrange(id: string, paths: string[]): Promise<Draft>;
  /** Puts files of an earlier delivery into the draft, all for no paths. */
  TakeOver(id: string, delivery: number, paths: string[]): Promise<Draft>;
  DismissNotice(id: string): Promise<Draft>;
  /** Resolves to a data: address, '' when there is none. */
  Thumbnail(id: string, path: string): Promise<string>;
  Retry(id: string, path: string): Promise<Draft>;
  Describe(id: string, text: string): Promise<Draft>;
  Preflight(id: string): Promise<Finding[]>;
  Deliver(id: string, confirmNoFiles: boolean): Promise<OrderPage>;
  CancelDeliver(id: string): Promise<Draft>;
  OpenReview(id: string): Promise<void>;
  DiscardDraft(id: string): Promise<Draft>;
  History(id: string): Promise<OrderEvent[]>;
  WriteMessage(id: string, text: string): Promise<OrderPage>;
  ProposeCancellation(id: string, message: string): Promise<OrderPage>;
  AnswerCancellation(id: string, answer: CancellationAnswer): Promise<OrderPage>;
  BuyerLink(id: string): Promise<BuyerLink>;
  RenewBuyerLink(id: string): Promise<BuyerLink>;
  RevokeBuyerLink(id: string): Promise<BuyerLink>;
  /** Resolves to where it was saved, '' when the seller cancelled. */
  SaveReceipt(id: string, delivery: number): Promise<string>;
  Transfers(): Promise<TransferList>;
  PauseTransfers(id: string, path: string): Promise<TransferList>;
  ResumeTransfers(id: string, path: string): Promise<TransferList>;
  MoveTransferToFront(id: string, path: string): Promise<TransferList>;
  MoveTransferUp(id: string, path: string): Promise<TransferList>;
  SetLimits(limits: Limits): Promise<TransferList>;
  Earnings(): Promise<Earnings>;
  /** Resolves to where it was saved, '' when the seller cancelled. */
  ExportEarnings(): Promise<string>;
  PlaceOrder(order: NewOrder): Promise<PlacedOrder>;
  /** Dates without a zone are in the named one. */
  ChooseImport(timezone: string): Promise<ImportPreview>;
  PlaceImport(id: string): Promise<PlacedImport>;
  /** Resolves to where it was saved, '' when the seller cancelled. */
  SaveImport(id: string): Promise<string>;
  ChangeOrder(id: string, edit: OrderEdit): Promise<OrderPage>;
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
