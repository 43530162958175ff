/** What `export` writes, and how. */

export const EXPORT_FORMATS = ["csv", "json", "ndjson"] as const;
export type ExportFormat = typeof EXPORT_FORMATS[number];

export const EXPORT_KINDS = ["readings", "buckets", "cycles", "sessions", "notes", "everything"] as const;
export type ExportKind = typeof EXPORT_KINDS[number];
