import type { Status } from '$lib/api/views';
import { m } from '$lib/paraglide/messages';
import type { Tone } from '$lib/ui/tone';

const LABELS: Record<Status, () => string> = {
  active: () => m.status_active(),
  delivered: () => m.status_delivered(),
  in_revision: () => m.status_in_revision(),
  completed: () => m.status_completed(),
  cancelled: () => m.status_cancelled(),
};

const TONES: Record<Status, Tone> = {
  active: 'accent',
  delivered: 'info',
  in_revision: 'warn',
  completed: 'good',
  cancelled: 'neutral',
};

export function statusLabel(status: Status, late: boolean): string {
  return late ? m.status_late() : LABELS[status]();
}

export function statusTone(status: Status, late: boolean): Tone {
  return late ? 'danger' : TONES[status];
}
