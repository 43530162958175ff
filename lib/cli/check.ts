/** One finding of `doctor`. */
export interface Check {
  readonly level: "ok" | "warning" | "error";
  readonly about: string;
  readonly finding: string;
}
