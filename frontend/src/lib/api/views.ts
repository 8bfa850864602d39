// The views that Go returns (bound.ts), and names for their unions. Times are RFC 3339 strings,
// '' for none; sizes are bytes.
import type { DraftFile, LeftOut, News, OrderEvent, OrderPage, OrderRow } from './bound';

export type * from './bound';

export type Action = OrderPage['allowed'][number];
export type CancellationAnswer = Extract<Action, `${'agree' | 'decline' | 'withdraw'}_cancellation`>;
export type Editable = OrderEvent['changed'][number];
export type EventType = OrderEvent['type'];
export type FileState = DraftFile['state'];
export type LeftOutReason = LeftOut['reason'];
export type NewsKind = News['kind'];
export type Status = OrderRow['status'];
