/** Parameters that tell the page what a form did. */
export type Done = Readonly<Record<string, string>>;
