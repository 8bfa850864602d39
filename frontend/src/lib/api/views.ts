// The shapes that the desktop program hands to its window: times are RFC 3339
// strings, '' for none; sizes are bytes.

import type { Action, Cancellation } from './views.life';

export interface State {
  signedIn: boolean;
  trial: boolean;
  server: string;
  name: string;
  email: string;
  online: boolean;
  /** What answers in the server's place, such as "403 Forbidden"; '' for nothing. */
  intercepted: string;
  asOf: string;
  maxFileSize: number;
  version: string;
  /** Until the seller has said whether to have a work folder. */
  askFolder: boolean;
  recovery: Recovery;
}

export interface Recovery {
  kind: '' | 'copy' | 'anew';
  asOf: string;
  setAside: string;
}

export type Status = 'active' | 'delivered' | 'in_revision' | 'completed' | 'cancelled';
export type Payment = 'pending' | 'clearing' | 'cleared' | 'void';
export type Party = 'seller' | 'buyer';

export interface OrderRow {
  id: string;
  title: string;
  buyer: string;
  status: Status;
  late: boolean;
  dueAt: string;
  reviewEndsAt: string;
  completedAt: string;
  completedBy: '' | 'buyer' | 'review_period';
  cancelledAt: string;
  price: string;
  currency: string;
  payment: Payment;
  clearsAt: string;
  deliveries: number;
  cancellationBy: '' | Party;
  canDeliver: boolean;
  hasDraft: boolean;
  /** How much the buyer did that was not looked at on this computer. */
  unread: number;
  unreadMessages: number;
}

/** A part of the list: orders that are new, or no longer as an earlier part said. */
export interface OrderList {
  orders: OrderRow[];
  gone: string[];
  /** What earlier parts said holds no more. */
  anew: boolean;
  mark: number;
  more: boolean;
  asOf: string;
  offline: boolean;
}

export interface OrderPage {
  order: OrderRow;
  placedAt: string;
  buyerEmail: string;
  changeRequest: string;
  /** What the buyer ever pinned and sent, by number. */
  points: Point[];
  deliveries: Delivery[];
  draft: Draft;
  asOf: string;
  offline: boolean;
  /** What the seller may do now. */
  allowed: Action[];
  cancellation: Cancellation;
  notes: string;
  version: number;
}

export interface Point {
  id: string;
  number: number;
  delivery: number;
  /** '' for the delivery as a whole. */
  file: string;
  path: string;
  /** Whether Picture can show the file. */
  picture: boolean;
  /** 0 to 1 from the left; -1 for no point. */
  x: number;
  y: number;
  /** -1 for no moment. */
  seconds: number;
  page: number;
  line: number;
  text: string;
  author: string;
  sentAt: string;
  /** The delivery that took it up, 0 for none. */
  doneIn: number;
}

export interface Delivery {
  number: number;
  deliveredAt: string;
  description: string;
  files: SharedFile[];
  links: Link[];
  /** The order of the files is the seller's. */
  arranged: boolean;
  /** When the buyer first did so, '' for not yet. */
  openedAt: string;
  downloadedAt: string;
}

export interface SharedFile {
  id: string;
  path: string;
  size: number;
  sha256: string;
}

export interface Link {
  url: string;
  label: string;
}

export interface Draft {
  order: string;
  description: string;
  files: DraftFile[];
  links: Link[];
  /** The ids of the points that are done. */
  done: string[];
  updatedAt: string;
  delivering: boolean;
  /** Greater in what was read later. */
  revision: number;
  progress: Progress;
  /** Why a queued delivery was not made; its code is '' for none. */
  notice: Problem;
  /** The order of the files is the seller's. */
  arranged: boolean;
}

export type FileState = 'settling' | 'queued' | 'checking' | 'uploading' | 'verified' | 'problem';

export interface DraftFile {
  path: string;
  source: string;
  size: number;
  /** Or read, while checking. */
  sent: number;
  state: FileState;
  /** '' before it is verified. */
  sha256: string;
  /** Of an earlier delivery; it is not on this computer. */
  taken: boolean;
  problem: Problem;
  /** It leaves the draft with the order's folder, and in no other way. */
  inFolder: boolean;
}

export interface Progress {
  sent: number;
  total: number;
  rate: number;
  seconds: number;
}

export interface Problem {
  code: string;
  message: string;
}

export interface Refused {
  path: string;
  problem: Problem;
}

export interface Attached {
  draft: Draft;
  refused: Refused[];
}

export interface Finding {
  code:
    | 'unfinished_name'
    | 'empty_file'
    | 'unreadable'
    | 'changing'
    | 'missing'
    | 'duplicate'
    | 'cut_short'
    | 'zeros'
    | 'misnamed'
    | 'placeholder'
    | 'shortcut';
  path: string;
  hint: string;
}
