/** Parameters that tell the page what a form did; with `next`, the path of another page to go on to. */
export type ActionNotices = Readonly<Record<string, string>>;
