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
import type { About, Account, IgnoreRules, OrderFolder, WorkFolder } from './views.settings';
import type { Asked, News, NewsKind, Startup } from './views.desktop';

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
  TickPoint(id: string, point: string, done: boolean): Promise<Draft>;
  /** A delivered picture as a data URL. */
  Picture(id: string, delivery: number, file: string): Promise<string>;
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
  WorkFolder(): Promise<WorkFolder>;
  /** Resolves to where it would be, '' when the seller cancelled. */
  ChooseWorkFolder(): Promise<string>;
  EnableWorkFolder(dir: string, anyway: boolean): Promise<WorkFolder>;
  DisableWorkFolder(): Promise<WorkFolder>;
  SkipWorkFolder(): Promise<WorkFolder>;
  /** Asks where to, and resolves once it is there. */
  MoveWorkFolder(): Promise<WorkFolder>;
  CancelWorkFolderMove(): Promise<WorkFolder>;
  /** Shows an order's folder, or with '' the work folder, in the file manager. */
  OpenWorkFolder(id: string): Promise<void>;
  OrderFolder(id: string): Promise<OrderFolder>;
  TakeLeftOut(id: string, paths: string[]): Promise<Attached>;
  IgnoreRules(): Promise<IgnoreRules>;
  SaveIgnoreRules(before: string, text: string): Promise<IgnoreRules>;
  Account(): Promise<Account>;
  ChangeLanguage(language: string): Promise<Account>;
  NoteTimeZone(name: string): Promise<void>;
  ChangePassword(current: string, password: string): Promise<void>;
  About(): Promise<About>;
  OpenLogs(): Promise<void>;
  TakeAsked(): Promise<Asked>;
  Startup(): Promise<Startup>;
  SetStartup(on: boolean): Promise<Startup>;
  News(): Promise<News[]>;
  SetNews(kind: NewsKind, on: boolean): Promise<News[]>;
  /** Which order is on the screen, '' for none, and whether the window has the focus. */
  Look(order: string, focused: boolean): Promise<void>;
  /** The window's language. */
  Speak(language: string): Promise<void>;
  /** Ends the program; uploads go on at the next start. */
  Quit(): Promise<void>;
  /** The seller, asked whether to quit, does not. */
  KeepOpen(): Promise<void>;
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
