/** Prints a table as requested: in columns that fit, without its titles, or as rows with tabs. */
import { splitQuotaKey } from "../model/quota.ts";
import { plain } from "../base/text.ts";
import { type Cell, type Column, formatGrid, tabLines } from "./grid.ts";
import type { Tools } from "./tools.ts";

export function tableLines(
  { paint, width, plain, quiet }: Pick<Tools, "paint" | "width" | "plain" | "quiet">,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  indent = "",
): readonly string[] {
  return plain ? tabLines(rows) : formatGrid(columns, rows, { paint, width, indent, isBare: quiet });
}

/** Returns the key of a quota; its short form omits the name of an account that has none of its own. */
export function keyCell(key: string): Cell {
  const full = plain(key);
  return [full, full.replace("/default", "")];
}

/** Returns only the quota's part of a key, for lists of one account. */
export function parseQuota(key: string): string {
  return plain(splitQuotaKey(key as Parameters<typeof splitQuotaKey>[0]).quota);
}
