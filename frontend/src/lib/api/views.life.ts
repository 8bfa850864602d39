// The shapes of an order's life beside its draft: what was said and done, the
// transfers across orders, and the money.

import type { Party, Problem, Progress } from './views';

export type CancellationAnswer = 'agree_cancellation' | 'decline_cancellation' | 'withdraw_cancellation';
export type Action = 'deliver' | 'write_message' | 'propose_cancellation' | 'change_order' | CancellationAnswer;

export interface Cancellation {
  by: '' | Party;
  proposedAt: string;
  lapsesAt: string;
  message: string;
}

export interface BuyerLink {
  /** '' when none works, or it cannot be shown: renew it then. */
  url: string;
  revoked: boolean;
}

export type EventType =
  | 'order_placed'
  | 'work_delivered'
  | 'order_completed'
  | 'changes_requested'
  | 'review_extended'
  | 'cancellation_proposed'
  | 'cancellation_withdrawn'
  | 'cancellation_declined'
  | 'cancellation_lapsed'
  | 'order_cancelled'
  | 'message_written'
  | 'review_link_renewed'
  | 'review_link_revoked'
  | 'order_changed'
  | 'due_soon'
  | 'review_ends_soon'
  | 'payment_cleared'
  | 'delivery_opened'
  | 'file_downloaded'
  | 'work_shared'
  | 'sharing_ended'
  | 'work_viewed'
  | 'time_zone_noted';

export interface OrderEvent {
  seq: number;
  type: EventType;
  by: Party | 'viewer' | 'clock';
  at: string;
  delivery: number;
  message: string;
  days: number;
  reviewEndsAt: string;
  changed: Editable[];
  title: string;
  dueAt: string;
  file: string;
  points: number;
  done: number;
  viewer: string;
}

export type TransferState = 'waiting' | 'running' | 'checking' | 'paused' | 'retrying' | 'problem';

export interface Transfer {
  order: string;
  title: string;
  path: string;
  size: number;
  sent: number;
  state: TransferState;
  problem: Problem;
  retryAt: string;
  rate: number;
  seconds: number;
}

export interface TransferList {
  transfers: Transfer[];
  paused: boolean;
  pausedOrders: string[];
  progress: Progress;
  limits: Limits;
  /** Bytes a second of all together in each of the last spans, the oldest first. */
  speed: number[];
  /** The length of a span, in seconds. */
  speedSpan: number;
}

export interface Limits {
  /** Bytes a second for all uploads together; 0 for no limit. */
  up: number;
  parallel: number;
  /** Other limits at times of the day. */
  schedule: Span[];
  yield: boolean;
  metered: boolean;
  pauseMetered: boolean;
}

export interface Span {
  /** Such as 09:00; `to` is exclusive, and may be 24:00. */
  from: string;
  to: string;
  up: number;
}

export interface Earnings {
  totals: CurrencyTotal[];
  months: MonthTotal[];
}

export interface CurrencyTotal {
  currency: string;
  pending: string;
  clearing: string;
  cleared: string;
}

export interface MonthTotal {
  /** Such as 2026-11. */
  month: string;
  currency: string;
  placed: string;
  cancelled: string;
  completed: string;
  cleared: string;
}

export interface NewOrder {
  key: string;
  title: string;
  buyerName: string;
  buyerEmail: string;
  language: 'en' | 'de';
  dueAt: string;
  price: string;
  currency: string;
  notes: string;
}

export type Editable = 'title' | 'due_at' | 'notes';

export interface OrderEdit {
  /** Of the order that was seen. */
  version: number;
  /** What of the rest is meant. */
  changed: Editable[];
  title: string;
  dueAt: string;
  notes: string;
}

export interface PlacedOrder {
  id: string;
  title: string;
  url: string;
}
