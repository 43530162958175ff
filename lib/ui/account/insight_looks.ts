/** The shape and the colour of each severity of an insight. */
import type { Severity } from "../../model/insights/insight.ts";

/** The shape and the colour of a severity. */
export const INSIGHT_LOOKS: Readonly<
  Record<Severity, readonly ["healthy" | "warning" | "danger" | "unknown", string]>
> = {
  positive: ["healthy", "text-healthy"],
  info: ["unknown", "text-muted"],
  warning: ["warning", "text-warning"],
  negative: ["danger", "text-danger"],
};
