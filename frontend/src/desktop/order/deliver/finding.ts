import type { Finding } from '$lib/api/views';
import { m } from '$lib/paraglide/messages';

const TEXTS: Record<Finding['code'], (hint: string) => string> = {
  unfinished_name: (hint) => m.finding_unfinished_name({ hint }),
  empty_file: () => m.finding_empty_file(),
  unreadable: () => m.finding_unreadable(),
  changing: () => m.finding_changing(),
  missing: () => m.finding_missing(),
  cut_short: (hint) => m.finding_cut_short({ kind: hint.toUpperCase() }),
  zeros: () => m.finding_zeros(),
  misnamed: (hint) => (hint ? m.finding_misnamed({ kind: hint.toUpperCase() }) : m.finding_misnamed_unknown()),
  placeholder: (hint) => m.finding_placeholder({ hint }),
  shortcut: (hint) => m.finding_shortcut({ hint }),
  duplicate: (hint) => m.finding_duplicate({ hint }),
};

/** The text of a finding. */
export function findingText({ code, hint }: Finding): string {
  return TEXTS[code](hint);
}
