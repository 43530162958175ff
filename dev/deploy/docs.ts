/** The tables of `docs/monitoring.md`, inserted between the comments that mark their places. */
import { type Metric, METRICS } from "../../lib/formats/metrics.ts";
import { ALERTS } from "./alerts.ts";

/** Returns the text with its marked parts replaced. */
export function withTables(text: string): string {
  const metrics = Object.values(METRICS).map(({ name, type, labels, help }: Metric) => [
    `\`${name}\``,
    type,
    labels.join(", "),
    help,
  ]);
  const alerts = ALERTS.map((alert) => [`\`${alert.name}\``, alert.severity, alert.for, alert.description]);
  return put(
    put(text, "metrics", formatTable(["metric", "type", "labels", "meaning"], metrics)),
    "alerts",
    formatTable(["alert", "severity", "after", "meaning"], alerts),
  );
}

function put(text: string, mark: string, table: string): string {
  const begin = `<!-- ${mark}: made by dev/deploy.ts -->\n`;
  const end = `\n<!-- /${mark} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new SyntaxError(`Cannot put the table: the marks "${mark}" are missing`);
  return `${text.slice(0, from + begin.length)}\n${table}${text.slice(to)}`;
}

/** Formats like `deno fmt`. */
function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const formatLine = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`;
  return [formatLine(head), formatLine(widths.map((width) => "-".repeat(width))), ...rows.map(formatLine)]
    .join("");
}
