import type { ImportError } from '$lib/api/views';
import { m } from '$lib/paraglide/messages';

const VALUES: Record<string, () => string> = {
  title: () => m.import_value_title(),
  client_name: () => m.import_value_name(),
  client_email: () => m.import_value_email(),
  due: () => m.import_value_due(),
  price: () => m.import_value_price(),
  currency: () => m.import_value_currency(),
  language: () => m.import_value_language(),
  time_zone: () => m.import_value_time_zone(),
  notes: () => m.import_value_notes(),
};

const TEXTS: Record<string, (error: ImportError) => string> = {
  no_text: () => m.import_no_text(),
  no_orders: () => m.import_no_orders(),
  unknown_column: ({ field }) => m.import_unknown_column({ field }),
  repeated_column: ({ field }) => m.import_repeated_column({ field }),
  missing_column: ({ field }) => m.import_missing_column({ field }),
  no_csv: () => m.import_no_csv(),
  too_many_orders: () => m.import_too_many(),
  wrong_fields: () => m.import_wrong_fields(),
  wrong_value: ({ field, message }) => VALUES[field]?.() ?? message,
};

/** The text of an error in a line; the program's message for an unknown code. */
export function lineText(error: ImportError): string {
  const text = TEXTS[error.code]?.(error) ?? error.message;
  return m.import_line({ line: error.line, text });
}
