/** Parameters that tell the page what a form did. */
export type ActionNotices = Readonly<Record<string, string>>;
