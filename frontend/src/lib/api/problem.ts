import type { Problem } from './views';
import { m } from '$lib/paraglide/messages';

/** The HTTP status, such as "403 Forbidden". */
const statusIn = (message: string): string => /: (\d{3}[^;]*)/.exec(message)?.[1] ?? '?';

const TEXTS: Record<string, (message: string) => string> = {
  unauthorised: () => m.error_unauthorised(),
  not_found: () => m.error_not_found(),
  conflict: () => m.error_conflict(),
  no_files: () => m.error_no_files(),
  file_too_large: () => m.error_file_too_large(),
  unreachable: () => m.error_unreachable(),
  intercepted: (message) => m.error_intercepted({ answer: statusIn(message) }),
  insecure_server: () => m.error_insecure_server(),
  file_missing: () => m.error_file_missing(),
  file_placeholder: () => m.error_file_placeholder(),
  file_unreadable: () => m.error_file_unreadable(),
  file_changed: () => m.error_file_changed(),
  disk_full_here: () => m.error_disk_full_here(),
  disk_full_server: () => m.error_disk_full_server(),
  quota_exceeded: () => m.error_quota_exceeded(),
  upload_missing: () => m.error_upload_missing(),
  no_link: () => m.error_no_link(),
  stale_version: () => m.error_conflict(),
  paused: () => m.error_paused(),
  busy: () => m.error_busy(),
  rate_limited: () => m.error_rate_limited(),
  import_too_large: () => m.error_import_too_large(),
  changed_since: () => m.error_changed_since(),
  changed_after: () => m.error_changed_after(),
  files_not_ready: () => m.error_files_not_ready(),
  draft_elsewhere: () => m.error_draft_elsewhere(),
  corrupt: () => m.error_corrupt(),
  looks_secret: () => m.error_looks_secret(),
  too_many_files: () => m.error_too_many_files(),
  folder_is_file: () => m.error_folder_is_file(),
  folder_read_only: () => m.error_folder_read_only(),
  folder_in_data: () => m.error_folder_in_data(),
  folder_wide: () => m.error_folder_wide(),
  folder_gone: () => m.error_folder_gone(),
  folder_occupied: () => m.error_folder_occupied(),
  folder_changing: () => m.error_folder_changing(),
  folder_left_behind: () => m.error_folder_left_behind(),
  folder_moving: () => m.error_folder_moving(),
};

/** The screen's text for a problem; the program's English message if there is no text. */
export function problemText({ code, message }: Problem): string {
  const text = TEXTS[code];
  if (text) return text(message);
  if (code === 'invalid' && message !== '') return m.error_invalid({ message });
  return message === '' ? m.error_internal() : message;
}

/** The text for a failed sign-in, where two codes have another meaning. */
export function signInText(problem: Problem): string {
  if (problem.code === 'unauthorised') return m.error_unauthorised_sign_in();
  if (problem.code === 'unreachable') return m.error_unreachable_sign_in();
  return problemText(problem);
}

/** The codes with a text of their own. */
export const knownCodes: readonly string[] = [...Object.keys(TEXTS), 'invalid', 'internal'];
